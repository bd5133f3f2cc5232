import { clock } from "@/lib/format";
import { chapterAt, type Chapter } from "./chapters";
import classes from "./Filmstrip.module.css";
import { Sprite } from "./Sprite";
import { thumbsOver, type Sheet } from "./sprites";

interface Props {
  duration: number;
  time: number;
  chapters: readonly Chapter[];
  sheet: Sheet | null;
  goTo: (seconds: number) => void;
}

/** The scenes side by side, as wide as they are long; the playhead runs over them. */
export function Filmstrip({ duration, time, chapters, sheet, goTo }: Props) {
  const now = chapterAt(chapters, time);
  const share = (seconds: number) => `${(100 * seconds) / duration}%`;
  return (
    <div className={classes.strip} role="group" aria-label="Timeline">
      {chapters.map(({ number, title, from, to }, n) => (
        <button
          key={number}
          type="button"
          className={classes.scene}
          style={{ left: share(from), width: share(to - from) }}
          aria-label={`Scene ${number} at ${clock(from)}: ${title}`}
          aria-current={n === now ? "true" : undefined}
          onClick={() => goTo(from)}
        >
          <span className={classes.pictures}>{sheet && thumbsOver(sheet.thumbs, from, to).map((thumb, at) => <Sprite key={at} sheet={sheet} thumb={thumb} className={classes.picture} />)}</span>
          <span className={classes.number}>{number}</span>
        </button>
      ))}
      <span className={classes.head} style={{ left: share(Math.min(time, duration)) }} aria-hidden />
    </div>
  );
}
