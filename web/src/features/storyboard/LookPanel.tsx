import { Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Model } from "@/lib/api";
import type { Board } from "./board";
import { Models, Shapes } from "./Look";
import classes from "./LookPanel.module.css";
import panel from "./Panel.module.css";

interface Props {
  rest: Board["rest"];
  model: Model | undefined;
  models: readonly Model[] | undefined;
  change: (to: Partial<Board["rest"]>) => void;
  settle: () => void;
}

const ANY_MUSIC = "Instrumental, fits the pictures, no vocals";

/** What goes for all scenes, changed at once and without a new plan. */
export function LookPanel({ rest, model, models, change, settle }: Props) {
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
        <Shapes value={rest.aspect_ratio ?? "16:9"} model={model} choose={(aspect_ratio) => change({ aspect_ratio })} />
        <div className={classes.sound}>
          <Switch label="Music" checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
          {on && <TextInput label="What it is like" maxLength={2000} value={rest.music ?? ""} onChange={(event) => change({ music: event.currentTarget.value })} onBlur={settle} />}
        </div>
      </div>
    </section>
  );
}
