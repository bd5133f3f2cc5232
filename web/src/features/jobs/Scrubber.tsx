import { useRef, useState } from "react";
import { clock } from "@/lib/format";
import { chapterAfter, chapterAt, chapterBefore, type Chapter } from "./chapters";
import classes from "./Scrubber.module.css";
import { Sprite } from "./Sprite";
import { thumbAt, type Sheet } from "./sprites";

interface Props {
  duration: number;
  time: number;
  goTo: (seconds: number) => void;
  chapters: readonly Chapter[];
  sheet: Sheet | null;
}

/** The bar one seeks on: marks where scenes begin, a thumbnail under the pointer. */
export function Scrubber({ duration, time, goTo, chapters, sheet }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const share = (seconds: number) => `${Math.min(100, (100 * seconds) / duration)}%`;

  const at = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * duration;
  };

  const press = (event: React.KeyboardEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = { ArrowLeft: time - 1, ArrowDown: time - 1, ArrowRight: time + 1, ArrowUp: time + 1, PageUp: chapterAfter(chapters, time, duration), PageDown: chapterBefore(chapters, time) }[event.key];
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
      aria-valuetext={`${clock(time)} of ${clock(duration)}, scene ${chapters[chapterAt(chapters, time)]?.number ?? 1}`}
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
      onPointerUp={(event) => event.pointerType !== "mouse" && setHover(null)}
    >
      <div className={classes.rail}>
        {hover !== null && <div className={classes.hover} style={{ width: share(hover) }} />}
        <div className={classes.done} style={{ width: share(time) }} />
        {chapters.slice(1).map(({ number, from }) => (
          <span key={number} className={classes.mark} style={{ left: share(from) }} />
        ))}
        <span className={classes.knob} style={{ left: share(time) }} />
      </div>
      {hover !== null && <Tip at={hover} share={share(hover)} chapter={chapters[chapterAt(chapters, hover)]} sheet={sheet} />}
    </div>
  );
}

function Tip({ at, share, chapter, sheet }: { at: number; share: string; chapter: Chapter | undefined; sheet: Sheet | null }) {
  const thumb = sheet && thumbAt(sheet.thumbs, at);
  return (
    <div className={classes.tip} style={{ left: `clamp(5.5rem, ${share}, calc(100% - 5.5rem))` }} data-testid="thumbnail">
      {thumb && sheet && (
        <div className={classes.thumb} style={{ aspectRatio: `${thumb.width} / ${thumb.height}` }}>
          <Sprite sheet={sheet} thumb={thumb} className={classes.picture} />
        </div>
      )}
      <span className={classes.when}>{clock(at, true)}</span>
      {chapter && (
        <span className={classes.what}>
          {chapter.number}. {chapter.title}
        </span>
      )}
    </div>
  );
}
