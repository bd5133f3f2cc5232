import type { Transition } from "./board";
import classes from "./TransitionPicture.module.css";
import { TRANSITIONS } from "./transitions";

const ARROWS = { left: "M13 10H5m3-3-3 3 3 3", right: "M19 10h8m-3-3 3 3-3 3", up: "M16 8V2m-3 3 3-3 3 3", down: "M16 12v6m-3-3 3 3 3-3" };

/** A transition halfway: what is still the scene before, and what is the next one already. */
export function TransitionPicture({ kind }: { kind: Transition }) {
  const { next, half, veil, arrow } = TRANSITIONS[kind];
  return (
    <svg viewBox="0 0 32 20" width="40" height="25" aria-hidden="true" focusable="false" className={classes.picture}>
      <path d="M0 0h32v20H0z" className={classes.before} />
      {half && <path d={half} className={classes.half} />}
      <path d={next} fillRule="evenodd" className={classes.next} />
      {veil && <path d="M11 0h10v20H11z" className={classes[veil]} />}
      {arrow && <path d={ARROWS[arrow]} className={classes.arrow} />}
    </svg>
  );
}
