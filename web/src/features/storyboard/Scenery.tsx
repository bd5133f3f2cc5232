import type { Schemas } from "@/lib/api";
import { hueOf } from "./hue";
import classes from "./Scenery.module.css";

/** A landscape in a style's colours; the text says where its sun stands, so that a scene is known again. */
export function Scenery({ style, text, className }: { style: Schemas["Style"]; text?: string; className?: string | undefined }) {
  const place = text === undefined ? {} : { ["--x" as string]: `${18 + (hueOf(text) % 65)}%`, ["--y" as string]: `${24 + (hueOf(`${text}.`) % 36)}%` };
  return <span aria-hidden="true" className={`${classes.scenery} ${className ?? ""}`} data-style={style} style={place} />;
}
