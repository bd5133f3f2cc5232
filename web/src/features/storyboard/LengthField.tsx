import { ActionIcon, NumberInput, Text } from "@mantine/core";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Model } from "@/lib/api";
import { SHORTEST, type SceneDraft } from "./board";
import classes from "./LengthField.module.css";
import { longestOf, paidFor, snapped } from "./limits";

interface Props {
  scene: SceneDraft;
  number: number;
  model: Model | undefined;
  change: (duration: number) => void;
  settle: () => void;
}

const STEP = 0.5;
/** Less than this for nothing is no news, seconds. */
const TRIFLE = 0.2;

/** A scene's length as a number, and what is paid for where that is more. */
export function LengthField({ scene, number, model, change, settle }: Props) {
  const [typed, setTyped] = useState<string | number | null>(null);
  const longest = longestOf(model);
  const paid = paidFor(scene.duration, model);
  const type = (value: string | number) => {
    setTyped(value);
    if (typeof value === "number" && value >= SHORTEST) change(Math.min(longest, value));
  };
  const step = (by: number) => change(snapped(scene.duration + by, model));
  return (
    <div className={classes.row}>
      <ActionIcon variant="default" aria-label={`Scene ${number} shorter`} disabled={scene.duration <= SHORTEST} onClick={() => step(-STEP)} onBlur={settle}>
        <IconMinus size={14} />
      </ActionIcon>
      <NumberInput aria-label={`Seconds of scene ${number}`} size="xs" hideControls min={SHORTEST} max={longest} step={STEP} decimalScale={1} suffix=" s" classNames={{ root: classes.field ?? "", input: classes.number ?? "" }} value={typed ?? scene.duration} onChange={type} onBlur={() => (setTyped(null), settle())} />
      <ActionIcon variant="default" aria-label={`Scene ${number} longer`} disabled={scene.duration >= longest} onClick={() => step(STEP)} onBlur={settle}>
        <IconPlus size={14} />
      </ActionIcon>
      {paid !== null && paid > scene.duration + TRIFLE && (
        <Text size="xs" c="dimmed" className={classes.paid ?? ""} title={`${model?.title ?? "The model"} makes clips of ${paid} s; the rest is cut off.`}>
          paid as {paid} s
        </Text>
      )}
    </div>
  );
}
