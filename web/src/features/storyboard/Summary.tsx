import { Button, Text } from "@mantine/core";
import { IconAdjustments, IconPencil } from "@tabler/icons-react";
import type { Model, Schemas } from "@/lib/api";
import type { Board } from "./board";
import { SHAPES, STYLES } from "./Look";
import { narrated, outputOf } from "./output";
import { Scenery } from "./Scenery";
import classes from "./Summary.module.css";

export type Panel = "brief" | "look" | null;

interface Props {
  prompt: string;
  board: Board;
  model: Model | undefined;
  panel: Panel;
  show: (panel: Panel) => void;
}

const CAPTIONS: Record<Schemas["Captions"], string> = { off: "No captions", sidecar: "Captions beside it", burned: "Captions burned in" };

/** What the storyboard was planned from, in a line, so that the storyboard itself is in sight. */
export function Summary({ prompt, board, model, panel, show }: Props) {
  const { rest } = board;
  const { resolution, captions } = outputOf(rest);
  const style = STYLES.find(([value]) => value === rest.style)?.[1];
  const shape = SHAPES.find(([value]) => value === rest.aspect_ratio);
  const told = [style, shape && `${shape[1]} ${shape[0]}`, resolution, model?.title, rest.music ? "Music" : "No music", narrated(board) && CAPTIONS[captions]].filter(Boolean);
  const door = (which: Exclude<Panel, null>) => ({ "aria-expanded": panel === which, onClick: () => show(panel === which ? null : which) });
  return (
    <div className={classes.summary}>
      <Scenery style={rest.style ?? "cinematic"} text={prompt} className={classes.picture} />
      <div className={classes.words}>
        <Text fw={600} lineClamp={1} title={prompt}>
          {prompt}
        </Text>
        <Text size="xs" c="dimmed" lineClamp={1}>
          {told.join(" · ")}
        </Text>
      </div>
      <div className={classes.doors}>
        <Button size="xs" variant={panel === "brief" ? "light" : "default"} leftSection={<IconPencil size={14} aria-hidden />} {...door("brief")}>
          Change the brief
        </Button>
        <Button size="xs" variant={panel === "look" ? "light" : "default"} leftSection={<IconAdjustments size={14} aria-hidden />} {...door("look")}>
          Look and sound
        </Button>
      </div>
    </div>
  );
}
