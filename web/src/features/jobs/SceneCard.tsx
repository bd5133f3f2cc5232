import { ActionIcon, Button, Group, Text, Tooltip } from "@mantine/core";
import { IconMicrophone, IconMovie, IconPencil, IconPlayerPlayFilled, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Job, SceneOfJob } from "@/lib/api";
import { clock, seconds } from "@/lib/format";
import { hasEnded } from "@/lib/status";
import type { Chapter } from "./chapters";
import { Clip } from "./Clip";
import classes from "./SceneCard.module.css";
import { Sprite } from "./Sprite";
import { thumbAt, type Sheet } from "./sprites";
import { chargedWords, explained, SCENE_WORDS } from "./words";

interface Props {
  job: Job;
  scene: SceneOfJob;
  /** Where it stands in the video. */
  chapter: Chapter | undefined;
  sheet: Sheet | null;
  now: boolean;
  seek: ((scene: number) => void) | null;
  edit: ((scene: number) => void) | null;
  choose: ((scene: number) => void) | null;
  add: ((after: number) => void) | null;
}

export function SceneCard({ job, scene, chapter, sheet, now, seek, edit, choose, add }: Props) {
  const { number, narration, error } = scene;
  const start = chapter?.from ?? 0;
  const takes = scene.takes.filter(({ kind, clip_url }) => kind !== "speech" && clip_url !== null).length;
  return (
    <li className={classes.card} data-now={now || undefined} data-status={scene.status} aria-current={now ? "true" : undefined} aria-label={`Scene ${number}`}>
      <Picture job={job} scene={scene} seek={seek} chapter={chapter} sheet={sheet} />
      <div className={classes.body}>
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Text size="xs" fw={600} className={classes.state ?? ""}>
            <span className={classes.lamp} aria-hidden />
            {wordsFor(scene)}
          </Text>
          <Text size="xs" c="dimmed" className="tabular">
            {seek ? `${clock(start)} · ${seconds(scene.duration)}` : seconds(scene.duration)}
          </Text>
        </Group>
        {(scene.clip_url ?? scene.placeholder) && (
          <Text size="sm" lineClamp={2} title={scene.prompt ?? ""}>
            {scene.prompt}
          </Text>
        )}
        {narration && (
          <Text size="xs" c="dimmed" lineClamp={2} className={classes.voice ?? ""}>
            <IconMicrophone size={13} aria-label="Narration:" /> {narration}
          </Text>
        )}
        {error && <Wrong error={error} />}
      </div>
      {edit && choose && add && (
        <div className={classes.actions}>
          <Button variant={error ? "light" : "subtle"} color={error ? "ember" : "gray"} size="compact-sm" leftSection={<IconPencil size={14} aria-hidden />} onClick={() => edit(number)} aria-label={`Edit scene ${number}`}>
            Edit
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconMovie size={14} aria-hidden />} onClick={() => choose(number)} aria-label={`Takes of scene ${number}`}>
            {takes > 1 ? `${takes} takes` : "New take"}
          </Button>
          <Tooltip label="Add a scene after it">
            <ActionIcon variant="subtle" color="gray" size={26} ml="auto" onClick={() => add(number)} aria-label={`Add a scene after scene ${number}`}>
              <IconPlus size={15} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </li>
  );
}

/** Words, then how far it is, then the clip: in the same place, which never changes its size. */
function Picture({ job, scene, seek, chapter, sheet }: Pick<Props, "job" | "scene" | "seek" | "chapter" | "sheet">) {
  const { number, clip_url: url } = scene;
  const filmed = scene.takes.some(({ in_use, kind }) => in_use && kind === "video");
  const still = !filmed && scene.takes.some(({ in_use, kind }) => in_use && kind === "still");
  const thumb = chapter && sheet && thumbAt(sheet.thumbs, (chapter.from + chapter.to) / 2);
  const [over, setOver] = useState(false);
  const part = Math.round(scene.progress * 100);
  return (
    <div className={classes.picture} style={{ aspectRatio: job.aspect_ratio.replace(":", " / ") }} data-shape={shapeOf(job)} onPointerEnter={() => setOver(true)} onPointerLeave={() => setOver(false)}>
      {thumb && <Sprite sheet={sheet} thumb={thumb} className={classes.still} />}
      {thumb && scene.placeholder ? null : url && !scene.placeholder ? (
        <Clip url={url} still={still} label={`Clip of scene ${number}`} className={classes.clip} playing={over || !hasEnded(job)} lazy={Boolean(thumb)} />
      ) : (
        <Text size="sm" className={classes.words ?? ""} lineClamp={5} component="p">
          {scene.placeholder ? "A card stands in for this scene." : scene.prompt}
        </Text>
      )}
      {scene.status === "generating" && (
        <div className={classes.progress} role="progressbar" aria-label={`Progress of scene ${number}`} aria-valuenow={part} aria-valuemin={0} aria-valuemax={100}>
          <span className={classes.part} style={{ width: `${Math.max(3, part)}%` }} />
        </div>
      )}
      <span className={classes.number} aria-hidden>
        {number}
      </span>
      {seek && (
        <button type="button" className={classes.seek} onClick={() => seek(number)} aria-label={`Play from scene ${number}, at ${clock(chapter?.from ?? 0)}`}>
          <span className={classes.play} aria-hidden>
            <IconPlayerPlayFilled size={16} />
          </span>
        </button>
      )}
    </div>
  );
}

function Wrong({ error }: { error: NonNullable<SceneOfJob["error"]> }) {
  const { what, advice } = explained(error);
  return (
    <div className={classes.wrong} role="alert">
      <Text size="sm" fw={600}>
        {what}
      </Text>
      <Text size="xs">
        {advice} {chargedWords(error.charged.micros)}
      </Text>
    </div>
  );
}

function wordsFor(scene: SceneOfJob): string {
  if (scene.placeholder) return "A card in its place";
  return scene.status === "generating" && scene.progress > 0 ? `Filming, ${Math.round(scene.progress * 100)}%` : SCENE_WORDS[scene.status];
}

function shapeOf(job: Job): "tall" | "wide" {
  const [width = 16, height = 9] = job.aspect_ratio.split(":").map(Number);
  return height > width ? "tall" : "wide";
}
