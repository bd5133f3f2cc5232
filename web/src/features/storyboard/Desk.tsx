import { ActionIcon, Group, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Model } from "@/lib/api";
import { Animatic } from "./Animatic";
import type { Act } from "./acts";
import { bodyOf, type Edit, type History } from "./board";
import classes from "./Desk.module.css";
import { Checkout } from "./Checkout";
import { faultsOf, LONGEST_VIDEO } from "./limits";
import { usePrice, useUsage } from "./queries";
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
}

const PAUSE_MS = 350;

/** The storyboard: cards along a timeline, what can be taken back, and what it costs. */
export function Desk({ history, edit, undo, redo, settle, startOver, model }: Props) {
  const board = history.now;
  const usage = useUsage();
  const [said, setSaid] = useState("");
  const next = useRef<string | null>(null);
  const [steady] = useDebouncedValue(board, PAUSE_MS);
  const longest = usage.data?.limits.seconds ?? LONGEST_VIDEO;
  const faults = useMemo(() => faultsOf(board, model, longest), [board, model, longest]);
  const sound = useMemo(() => faultsOf(steady, model, longest).length === 0, [steady, model, longest]);
  const body = useMemo(() => (sound ? bodyOf(steady) : null), [steady, sound]);
  const price = usePrice(body);

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
          <Animatic body={steady === board ? body : null} ratio={board.rest.aspect_ratio ?? "16:9"} />
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
      <Checkout board={board} body={body} faults={faults} price={price} usage={usage.data} waiting={steady !== board} done={startOver} />
    </section>
  );
}

/** Whose turn it is once a scene has gone: the one after it, or the last. */
function neighbour({ now: { scenes } }: History, key: string): string {
  const at = scenes.findIndex((scene) => scene.key === key);
  return (scenes[at + 1] ?? scenes[at - 1])?.key ?? "";
}
