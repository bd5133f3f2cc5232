import { Badge, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconMovie } from "@tabler/icons-react";
import { useState } from "react";
import type { Job, Schemas, SceneOfJob, Storyboard } from "@/lib/api";
import { money } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import { Clip } from "./Clip";
import { anySeed, retakeOf } from "./editing";
import { Forecast } from "./Forecast";
import { newKey, useForecast, useRegenerate } from "./queries";
import classes from "./TakesDialog.module.css";

interface Props {
  job: Job;
  board: Storyboard;
  /** Undefined: closed. */
  scene: SceneOfJob | undefined;
  close: () => void;
}

/** Film a scene once more, or take back a take that there was: only that scene is made anew. */
export function TakesDialog({ job, board, scene, close }: Props) {
  return (
    <Modal opened={scene !== undefined} onClose={close} title={`Scene ${scene?.number ?? ""}: takes`} size="lg" centered>
      {scene && <Takes key={`${job.revision}-${scene.number}`} job={job} board={board} scene={scene} close={close} />}
    </Modal>
  );
}

function Takes({ job, board, scene, close }: { job: Job; board: Storyboard; scene: SceneOfJob; close: () => void }) {
  const [seed] = useState(anySeed);
  const [key] = useState(newKey);
  const regenerate = useRegenerate(job.id);
  const told = useForecast(job, retakeOf(board, scene.number, seed));
  const takes = scene.takes.filter((take) => take.clip_url !== null && ["video", "still"].includes(take.kind));
  // The next revision shows at once, and takes this dialog away: it is closed by the promise, not by a callback of what is gone.
  const make = (wish: Schemas["RegenerateRequest"], name: string) => void regenerate.mutateAsync({ number: scene.number, key: `${key}-${name}`, wish }).then(close, () => undefined);

  return (
    <Stack>
      {takes.length > 0 && (
        <ul className={classes.takes} aria-label="Takes">
          {takes.map((take, n) => (
            <li key={take.id} className={classes.take} data-used={take.in_use || undefined}>
              <Clip url={take.clip_url ?? ""} still={take.kind === "still"} label={`Take ${n + 1}`} className={classes.clip} playing />
              <Group justify="space-between" gap="xs" wrap="nowrap">
                <Text size="sm" fw={600}>
                  Take {n + 1}
                </Text>
                {take.in_use ? (
                  <Badge variant="light" tt="none">
                    In the video
                  </Badge>
                ) : (
                  <Button size="compact-xs" variant="default" disabled={regenerate.isPending} onClick={() => make({ take: take.id }, `take-${n}`)} aria-label={`Use take ${n + 1}, free`}>
                    Use this one, free
                  </Button>
                )}
              </Group>
              {take.prompt !== scene.prompt && (
                <Text size="xs" c="dimmed" lineClamp={2}>
                  {take.prompt}
                </Text>
              )}
            </li>
          ))}
        </ul>
      )}
      <Text size="sm">Filming it again gives another take of the same words. All takes stay here, and you can go back at any time for free.</Text>
      <Forecast forecast={told.data} error={told.error} stale={false} />
      {regenerate.error && <Notice error={regenerate.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Leave it as it is
        </Button>
        <Button leftSection={<IconMovie size={16} aria-hidden />} disabled={!told.data} loading={regenerate.isPending} onClick={() => told.data && make({ seed, max_cost: told.data.estimate.at_most.usd }, "new")}>
          Film it again{told.data && ` for at most ${money(told.data.estimate.at_most.micros)}`}
        </Button>
      </Group>
    </Stack>
  );
}
