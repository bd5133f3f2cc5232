import { Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Model } from "@/lib/api";
import type { Board } from "./board";
import { Models, Shapes } from "./Look";
import classes from "./LookPanel.module.css";
import { OutputChoices } from "./OutputChoices";
import { narrated, outputOf } from "./output";
import panel from "./Panel.module.css";

interface Props {
  board: Board;
  model: Model | undefined;
  models: readonly Model[] | undefined;
  /** Why the server can't price it as it is. */
  error: unknown;
  change: (to: Partial<Board["rest"]>) => void;
  settle: () => void;
}

const UNSAID = "They show what the narration says. Write one beneath a scene to choose how.";
const ANY_MUSIC = "Instrumental, fits the pictures, no vocals";

/** What goes for all scenes, changed at once and without a new plan. */
export function LookPanel({ board, model, models, error, change, settle }: Props) {
  const { rest } = board;
  const ratio = rest.aspect_ratio ?? "16:9";
  const [last, setLast] = useState(rest.music ?? ANY_MUSIC);
  const on = typeof rest.music === "string";
  const turn = (to: boolean) => {
    if (!to) setLast(rest.music || ANY_MUSIC);
    change({ music: to ? last : null });
  };
  return (
    <section aria-label="Look and sound" className={panel.panel}>
      <Models models={models} value={model?.id ?? ""} choose={(id) => change({ model: id })} />
      <div className={panel.pair}>
        <Shapes value={ratio} model={model} choose={(aspect_ratio) => change({ aspect_ratio })} />
        <div className={classes.sound}>
          <Switch label="Music" checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
          {on && <TextInput label="What it is like" maxLength={2000} value={rest.music ?? ""} onChange={(event) => change({ music: event.currentTarget.value })} onBlur={settle} />}
        </div>
      </div>
      <OutputChoices output={outputOf(rest)} ratio={ratio} model={model} narration={narrated(board) || UNSAID} error={error} change={change} />
    </section>
  );
}
