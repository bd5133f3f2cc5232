import classes from "./CaptionPicture.module.css";
import type { CaptionChoice } from "./output";

/** A frame with captions as they will look in it, or with a file of them at its side. */
export function CaptionPicture({ kind }: { kind: CaptionChoice }) {
  const beside = kind === "sidecar";
  return (
    <svg viewBox="0 0 48 28" aria-hidden="true" focusable="false" className={classes.picture}>
      <g transform={beside ? "translate(0 3.5) scale(0.75)" : undefined}>
        <rect width="48" height="28" rx="3" className={classes.sky} />
        <circle cx="35" cy="9" r="4" className={classes.sun} />
        <path d="M0 21l12-8 10 6 9-5 17 8v3a3 3 0 0 1-3 3H3a3 3 0 0 1-3-3z" className={classes.land} />
      </g>
      {beside && <path d="M40 6h7M40 11.5h5M40 17h7M40 22.5h3" className={classes.lines} />}
      {kind === "boxed" && <rect x="13" y="16.5" width="22" height="8.5" rx="1" className={classes.box} />}
      {kind === "outline" || kind === "boxed" ? (
        <text x="24" y="23.4" className={classes[kind]}>
          Abc
        </text>
      ) : (
        kind === "large" && (
          <text x="24" y="22" className={classes.large}>
            Abc
          </text>
        )
      )}
    </svg>
  );
}
