import { ActionIcon, Group, TextInput, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { Model } from "@/lib/api";
import { Animatic } from "./Animatic";
import type { Act } from "./acts";
import type { Edit, History } from "./board";
import classes from "./Desk.module.css";
import { Checkout } from "./Checkout";
import type { Estimate } from "./estimate";
import type { useUsage } from "./queries";
import { Reel } from "./Reel";
import { StartOver } from "./StartOver";

interface Props {
  history: History;
  edit: (edit: Edit) => void;
  undo: () => void;
  redo: () => void;
  settle: () => void;
  startOver: () => void;
  model: Model | undefined;
  estimate: Estimate;
  usage: ReturnType<typeof useUsage>;
}

/** The storyboard: cards along a timeline, what can be taken back, and what it costs. */
export function Desk({ history, edit, undo, redo, settle, startOver, model, estimate, usage }: Props) {
  const board = history.now;
  const [said, setSaid] = useState("");
  const next = useRef<string | null>(null);
  const { faults, body, waiting } = estimate;

  const act: Act = (what, words, focus) => {
    edit(what);
    if (words) setSaid(words);
    next.current = focus ?? (what.do === "remove" ? `words-${neighbour(history, what.key)}` : null);
  };
  const back = () => (undo(), setSaid("Undone"));
  const forth = () => (redo(), setSaid("Done again"));

  // A scene that has come, gone or moved takes the keyboard along; a menu that closes would take it away again.
  useEffect(() => {
    const id = next.current;
    if (id === null) return;
    next.current = null;
    const timer = setTimeout(() => document.getElementById(id)?.focus(), 50);
    return () => clearTimeout(timer);
  }, [board]);

  // In a text field the keys are the field's own.
  useHotkeys([["mod+Z", back], ["mod+shift+Z", forth], ["mod+Y", forth]]);

  return (
    <section aria-label="Storyboard" className={classes.desk}>
      <div className={classes.head}>
        <TextInput aria-label="Title" variant="unstyled" className={classes.name ?? ""} classNames={{ input: classes.title ?? "" }} placeholder="Untitled" maxLength={120} value={board.title} onChange={(event) => edit({ do: "title", to: event.currentTarget.value })} onBlur={settle} />
        <Group gap={6} wrap="nowrap">
          <Animatic body={waiting ? null : body} ratio={board.rest.aspect_ratio ?? "16:9"} />
          <Tooltip label="Undo (Ctrl+Z)">
            <ActionIcon variant="default" size={30} aria-label="Undo" disabled={history.past.length === 0} onClick={back}>
              <IconArrowBackUp size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Redo (Ctrl+Shift+Z)">
            <ActionIcon variant="default" size={30} aria-label="Redo" disabled={history.future.length === 0} onClick={forth}>
              <IconArrowForwardUp size={16} />
            </ActionIcon>
          </Tooltip>
          <StartOver startOver={startOver} />
        </Group>
      </div>
      <Reel board={board} model={model} faults={faults} act={act} settle={settle} />
      <div role="status" className="visually-hidden">
        {said}
      </div>
      <Checkout board={board} {...estimate} usage={usage} done={startOver} />
    </section>
  );
}

/** Whose turn it is once a scene has gone: the one after it, or the last. */
function neighbour({ now: { scenes } }: History, key: string): string {
  const at = scenes.findIndex((scene) => scene.key === key);
  return (scenes[at + 1] ?? scenes[at - 1])?.key ?? "";
}
