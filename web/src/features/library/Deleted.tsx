import { Button, CloseButton, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Job } from "@/lib/api";
import { wordsFor } from "@/lib/problems";
import classes from "./Deleted.module.css";

export type Gone = Pick<Job, "id"> & { title: string | null };

interface Props {
  gone: Gone | undefined;
  error: unknown;
  restoring: boolean;
  undo: (gone: Gone) => void;
  dismiss: () => void;
}

/** What was deleted can be had back with one press. It stays until it is sent away: nobody has to hurry. */
export function Deleted({ gone, error, restoring, undo, dismiss }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const id = gone?.id;
  // What had the focus is gone with its tile.
  useEffect(() => {
    if (id !== undefined) button.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <div role="status" className={classes.place}>
      {gone && (
        <div className={classes.toast}>
          <div className={classes.words}>
            <Text size="sm" fw={600} lineClamp={1}>
              {gone.title === null ? "Deleted" : `Deleted “${gone.title}”`}
            </Text>
            <Text size="xs" c="dimmed">
              {error ? wordsFor(error).text : "It can be had back within a day."}
            </Text>
          </div>
          <Button ref={button} size="xs" variant="light" loading={restoring} onClick={() => undo(gone)}>
            Undo
          </Button>
          <CloseButton size="sm" aria-label="Dismiss" onClick={dismiss} />
        </div>
      )}
    </div>
  );
}
