import type { Model } from "@/lib/api";
import { seconds } from "@/lib/format";
import { SHORTEST } from "./board";
import classes from "./Edge.module.css";
import { snapped } from "./limits";

interface Props {
  label: string;
  /** Seconds. */
  value: number;
  longest: number;
  model: Model | undefined;
  scale: number;
  change: (duration: number) => void;
  settle: () => void;
  /** While it is held, the timeline keeps its scale. */
  hold: (held: boolean) => void;
}

const STEPS: Record<string, number> = { ArrowRight: 0.5, ArrowUp: 0.5, ArrowLeft: -0.5, ArrowDown: -0.5, PageUp: 2, PageDown: -2, Home: -Infinity, End: Infinity };

/** A scene's end on the timeline: dragged, or moved by the arrow keys, to lengths that the model makes. */
export function Edge({ label, value, longest, model, scale, change, settle, hold }: Props) {
  const drag = (down: React.PointerEvent<HTMLDivElement>) => {
    if (down.button !== 0) return;
    down.preventDefault();
    const handle = down.currentTarget;
    const move = (event: PointerEvent) => change(snapped(value + (event.clientX - down.clientX) / scale, model));
    const up = () => {
      handle.removeEventListener("pointermove", move);
      settle();
      hold(false);
    };
    settle(); // what the keys did before is a step of its own
    hold(true);
    handle.focus();
    handle.setPointerCapture(down.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", up, { once: true });
  };

  const press = (event: React.KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    change(snapped(Math.min(longest, Math.max(SHORTEST, value + step)), model));
  };

  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={SHORTEST}
      aria-valuemax={longest}
      aria-valuenow={value}
      aria-valuetext={seconds(value)}
      className={classes.edge}
      onPointerDown={drag}
      onKeyDown={press}
      onBlur={settle}
    />
  );
}
