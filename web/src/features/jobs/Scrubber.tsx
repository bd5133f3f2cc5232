import { useRef, useState } from "react";
import { clock } from "@/lib/format";
import classes from "./Scrubber.module.css";
import { thumbAt, type Thumb } from "./sprites";

interface Props {
  duration: number;
  time: number;
  goTo: (seconds: number) => void;
  chapters: readonly number[];
  titles: readonly string[];
  sheet: string | null;
  thumbs: readonly Thumb[];
}

/** The bar one seeks on: marks where scenes begin, a thumbnail under the pointer. */
export function Scrubber({ duration, time, goTo, chapters, titles, sheet, thumbs }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);

  const at = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * duration;
  };
  const chapterAt = (seconds: number) => chapters.findLastIndex((start) => seconds >= start);
  const thumb = hover === null ? undefined : thumbAt(thumbs, hover);

  const press = (event: React.KeyboardEvent) => {
    const next = { ArrowLeft: time - 1, ArrowRight: time + 1, PageUp: chapters.find((start) => start > time + 0.1) ?? duration, PageDown: chapters.findLast((start) => start < time - 1) ?? 0, Home: 0, End: duration }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    goTo(next);
  };

  return (
    <div
      ref={bar}
      role="slider"
      tabIndex={0}
      aria-label="Seek"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(time)}
      aria-valuetext={`${clock(time)} of ${clock(duration)}, scene ${chapterAt(time) + 1}`}
      className={classes.bar}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(at(event));
      }}
      onPointerMove={(event) => {
        setHover(at(event));
        if (event.buttons === 1) goTo(at(event));
      }}
      onPointerLeave={() => setHover(null)}
    >
      <div className={classes.rail}>
        <div className={classes.done} style={{ width: `${(100 * time) / duration}%` }} />
        {chapters.slice(1).map((start) => (
          <span key={start} className={classes.mark} style={{ left: `${(100 * start) / duration}%` }} />
        ))}
      </div>
      {hover !== null && (
        <div className={classes.tip} style={{ left: `clamp(5rem, ${(100 * hover) / duration}%, calc(100% - 5rem))` }}>
          {thumb && sheet && <span className={classes.thumb} style={{ width: thumb.width, height: thumb.height, backgroundImage: `url("${sheet}")`, backgroundPosition: `-${thumb.x}px -${thumb.y}px` }} />}
          <span className={classes.when}>{clock(hover)}</span>
          <span className={classes.what}>{titles[chapterAt(hover)]}</span>
        </div>
      )}
    </div>
  );
}
