import { useRef } from "react";
import { clock, seconds } from "@/lib/format";
import { lengthOf, SHORTEST, startsOf, type Board, type Edit } from "./board";
import { hueOf } from "./hue";
import classes from "./Strip.module.css";

/** The programme in time: each scene as wide as it is long, its end to be dragged. */
export function Strip({ board, edit, longest }: { board: Board; edit: (edit: Edit) => void; longest: number }) {
  const track = useRef<HTMLDivElement>(null);
  const total = lengthOf(board);
  const starts = startsOf(board);

  const perPixel = () => total / (track.current?.clientWidth || 1);
  const change = (key: string, duration: number) => edit({ do: "change", key, to: { duration: Math.min(longest, Math.max(SHORTEST, Math.round(duration * 2) / 2)) } });

  const drag = (key: string, from: number) => (down: React.PointerEvent<HTMLDivElement>) => {
    down.preventDefault();
    const handle = down.currentTarget;
    const scale = perPixel();
    const move = (event: PointerEvent) => change(key, from + (event.clientX - down.clientX) * scale);
    const up = () => handle.removeEventListener("pointermove", move);
    handle.setPointerCapture(down.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", up, { once: true });
    handle.addEventListener("pointercancel", up, { once: true });
  };

  const press = (key: string, duration: number) => (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 0.5, ArrowUp: 0.5, ArrowLeft: -0.5, ArrowDown: -0.5, PageUp: 2, PageDown: -2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    change(key, duration + step);
  };

  return (
    <div className={classes.strip}>
      <div ref={track} className={classes.track}>
        {board.scenes.map((scene, n) => (
          <div key={scene.key} className={classes.scene} style={{ left: `${(100 * (starts[n] ?? 0)) / total}%`, width: `${(100 * scene.duration) / total}%`, ["--hue" as string]: hueOf(scene.prompt) }}>
            <span className={classes.number}>{n + 1}</span>
            <span className={classes.length}>{seconds(scene.duration)}</span>
            <div
              role="slider"
              tabIndex={0}
              aria-label={`Length of scene ${n + 1}`}
              aria-valuemin={SHORTEST}
              aria-valuemax={longest}
              aria-valuenow={scene.duration}
              aria-valuetext={seconds(scene.duration)}
              className={classes.handle}
              onPointerDown={drag(scene.key, scene.duration)}
              onKeyDown={press(scene.key, scene.duration)}
            />
          </div>
        ))}
      </div>
      <div className={classes.ruler} aria-hidden="true">
        <span>0:00</span>
        <span>{clock(total)}</span>
      </div>
    </div>
  );
}
