import { Button, Group, Modal, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { Job, Schemas, Storyboard } from "@/lib/api";
import { money } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import { editOf, insertOf, wantedOf, type Wanted } from "./editing";
import { Forecast } from "./Forecast";
import { newKey, useEdit, useForecast } from "./queries";

const PATIENCE_MS = 350;

interface Props {
  job: Job;
  board: Storyboard;
  /** Null: closed. */
  number: number | null;
  /** It isn't that scene, but a new one behind it. */
  fresh?: boolean;
  close: () => void;
}

/** One scene of a finished video is changed, or added: the price is in sight before, and only that is paid for. */
export function SceneDialog({ job, board, number, fresh = false, close }: Props) {
  const scene = number === null ? undefined : board.scenes[number - 1];
  return (
    <Modal opened={scene !== undefined} onClose={close} title={fresh ? `A new scene after scene ${number ?? ""}` : `Edit scene ${number ?? ""}`} size="lg" centered>
      {scene && number !== null && <Form key={`${job.revision}-${number}`} job={job} board={board} scene={scene} number={number} fresh={fresh} close={close} />}
    </Modal>
  );
}

function Form({ job, board, scene, number, fresh, close }: { job: Job; board: Storyboard; scene: Schemas["SceneBody"]; number: number; fresh: boolean; close: () => void }) {
  const [wanted, setWanted] = useState(() => (fresh ? { ...wantedOf(scene), prompt: "", narration: "" } : wantedOf(scene)));
  const [settled] = useDebouncedValue(wanted, PATIENCE_MS);
  const [key] = useState(newKey);
  const edit = useEdit(job.id);
  const change = (to: Partial<Wanted>) => setWanted((before) => ({ ...before, ...to }));
  const wish = (fresh ? insertOf : editOf)(board, number, settled);
  const told = useForecast(job, wish);
  const current = settled === wanted && wish !== null && told.data !== undefined && !told.isPlaceholderData && !told.error;
  const price = told.data?.estimate.at_most.micros ?? 0;

  const make = () => {
    if (!wish || !told.data) return;
    // The key is of this very wish: sent twice, it is made once.
    // The next revision shows at once, and takes this dialog away: it is closed by the promise, not by a callback of what is gone.
    void edit.mutateAsync({ edit: { ...wish, max_cost: told.data.estimate.at_most.usd }, key: `${key}-${hashOf(JSON.stringify(wish))}` }).then(close, () => undefined);
  };

  return (
    <Stack>
      {wanted.removed ? (
        <Group justify="space-between">
          <Text>The scene is taken out of the video. Its clip is kept with the version before.</Text>
          <Button variant="default" size="xs" onClick={() => change({ removed: false })}>
            Keep it
          </Button>
        </Group>
      ) : (
        <>
          <Textarea label="What it shows" autosize minRows={3} maxRows={9} maxLength={2000} value={wanted.prompt} error={!fresh && wanted.prompt.trim() === "" ? "A scene needs a few words" : null} onChange={(event) => change({ prompt: event.currentTarget.value })} data-autofocus />
          <Textarea label="Narration" placeholder="Nobody speaks" autosize minRows={1} maxRows={5} maxLength={1000} value={wanted.narration} onChange={(event) => change({ narration: event.currentTarget.value })} />
          <Group justify="space-between" align="flex-end">
            <NumberInput label="Length" w={120} min={1} max={60} step={0.5} decimalScale={2} suffix=" s" value={wanted.duration} onChange={(value) => typeof value === "number" && value >= 1 && change({ duration: value })} />
            {!fresh && board.scenes.length > 1 && (
              <Button variant="subtle" color="red" size="compact-sm" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => change({ removed: true })}>
                Take the scene out
              </Button>
            )}
          </Group>
        </>
      )}
      {wish ? (
        <Forecast forecast={told.data} error={told.error} stale={!current} />
      ) : (
        <Text size="sm" c="dimmed">
          {fresh ? "Write what it shows" : "Change something"}, and this says what it costs. Nothing is spent before you say so.
        </Text>
      )}
      {edit.error && <Notice error={edit.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Leave it as it is
        </Button>
        <Button disabled={!current} loading={edit.isPending} onClick={make}>
          {current && price > 0 ? `Make it for at most ${money(price)}` : "Make it"}
        </Button>
      </Group>
    </Stack>
  );
}

/** A short name for a text, for a key that may be no longer than 255. */
function hashOf(text: string): string {
  let hash = 2166136261;
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0).toString(36);
}
