import { Badge, Button, Group, Progress, Text } from "@mantine/core";
import { useState } from "react";
import type { Job, SceneOfJob } from "@/lib/api";
import { clock, money, seconds } from "@/lib/format";
import { startsOf } from "./chapters";
import classes from "./Scenes.module.css";
import { ENDED, newKey, useRegenerate } from "./queries";

const WORDS: Record<SceneOfJob["status"], string> = { pending: "waiting", generating: "filming", stored: "looking at it", ready: "ready", rejected: "refused", failed: "failed", cancelled: "cancelled" };

/** The timeline under the player: cards that turn from words to progress to a playing clip. */
export function Scenes({ job, at, seek }: { job: Job; at: number | null; seek: (to: number) => void }) {
  const starts = startsOf(job.scenes);
  return (
    <ol className={classes.scenes} aria-label="Scenes">
      {job.scenes.map((scene, n) => {
        const start = starts[n] ?? 0;
        const now = at !== null && at >= start && at < (starts[n + 1] ?? Infinity);
        return <Card key={scene.number} job={job} scene={scene} start={start} now={now} seek={job.video ? () => seek(start) : null} />;
      })}
    </ol>
  );
}

function Card({ job, scene, start, now, seek }: { job: Job; scene: SceneOfJob; start: number; now: boolean; seek: (() => void) | null }) {
  const regenerate = useRegenerate(job.id);
  const [key] = useState(newKey);
  return (
    <li className={classes.card} data-now={now || undefined} aria-current={now ? "true" : undefined}>
      <div className={classes.picture}>
        {scene.clip_url ? (
          <video className={classes.clip} src={scene.clip_url} muted loop playsInline preload="metadata" aria-label={`Clip of scene ${scene.number}`} onPointerEnter={(event) => void event.currentTarget.play().catch(() => undefined)} onPointerLeave={(event) => event.currentTarget.pause()} />
        ) : (
          <Text size="sm" className={classes.words ?? ""} lineClamp={5}>
            {scene.prompt}
          </Text>
        )}
        {scene.status === "generating" && <Progress className={classes.progress ?? ""} value={scene.progress * 100} animated size="sm" aria-label={`Progress of scene ${scene.number}`} />}
      </div>
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <Group gap={6} wrap="nowrap">
          <Text fw={700} className="tabular">
            {scene.number}
          </Text>
          <Badge variant="light" color={scene.status === "ready" ? "teal" : scene.error ? "red" : "gray"} tt="none">
            {scene.placeholder ? "a card" : WORDS[scene.status]}
          </Badge>
        </Group>
        {seek ? (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={seek} aria-label={`Play from scene ${scene.number}`}>
            {clock(start)}
          </Button>
        ) : (
          <Text size="xs" c="dimmed">
            {seconds(scene.duration)}
          </Text>
        )}
      </Group>
      {scene.error && (
        <Text size="xs" c="red" role="alert">
          {scene.error.message} {scene.error.charged.micros === 0 ? "It was not charged." : `${money(scene.error.charged.micros)} was charged.`}
        </Text>
      )}
      {ENDED.includes(job.status) && scene.status === "ready" && !scene.placeholder && (
        <Button variant="subtle" size="compact-xs" loading={regenerate.isPending} onClick={() => regenerate.mutate({ number: scene.number, key: `${key}-${job.revision}` })}>
          Film it again
        </Button>
      )}
    </li>
  );
}
