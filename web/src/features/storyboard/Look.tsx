import { Skeleton } from "@mantine/core";
import type { Model, Schemas } from "@/lib/api";
import { money } from "@/lib/format";
import classes from "./Look.module.css";
import { Choices } from "./Choices";
import { Scenery } from "./Scenery";
import { Shape } from "./Shape";

export const SHAPES: [Schemas["AspectRatio"], string][] = [
  ["16:9", "Wide"],
  ["9:16", "Tall"],
  ["1:1", "Square"],
  ["4:5", "Portrait"],
];

export const STYLES: [Schemas["Style"], string][] = [
  ["cinematic", "Cinematic"],
  ["documentary", "Documentary"],
  ["anime", "Anime"],
  ["watercolor", "Watercolor"],
  ["noir", "Noir"],
  ["vintage", "Vintage"],
  ["neon", "Neon"],
  ["minimal", "Minimal"],
  ["claymation", "Claymation"],
];

const UNITS: Record<Schemas["Unit"], string> = { second: "a second", run: "a picture", thousand_characters: "1,000 letters" };

export function Styles({ value, choose }: { value: Schemas["Style"]; choose: (style: Schemas["Style"]) => void }) {
  const options = STYLES.map(([style, label]) => ({ value: style, label, picture: <Scenery style={style} className={classes.swatch} /> }));
  return <Choices legend="Style" value={value} options={options} choose={choose} columns={9} />;
}

export function Shapes({ value, model, choose }: { value: Schemas["AspectRatio"]; model: Model | undefined; choose: (ratio: Schemas["AspectRatio"]) => void }) {
  const cut = model && !model.aspect_ratios.includes(value);
  const options = SHAPES.map(([ratio, label]) => ({ value: ratio, label, note: ratio, picture: <Shape ratio={ratio} /> }));
  return <Choices legend="Shape" value={value} options={options} choose={choose} columns={4} hint={cut ? `${model.title} films other shapes; yours is cut from them.` : undefined} />;
}

/** Those that film, and those whose stills are moved over. */
export function Models({ value, models, choose }: { value: string; models: readonly Model[] | undefined; choose: (id: string) => void }) {
  if (models === undefined) return <Waiting />;
  const options = models.map((model) => ({ value: model.id, label: model.title, note: `${money(model.price.amount.micros)} ${UNITS[model.price.unit]}`, more: about(model) }));
  return <Choices legend="Model" value={value} options={options} choose={choose} columns={4} />;
}

function about({ kind, clip_seconds, sound }: Model): string {
  if (kind === "still") return "Stills that move";
  const longest = clip_seconds.length > 0 ? `Scenes up to ${Math.max(...clip_seconds)} s` : "Any length";
  return sound ? `${longest}, with sound` : longest;
}

function Waiting() {
  return (
    <div role="status" aria-label="Models are loading" className={classes.waiting}>
      {[0, 1, 2, 3, 4, 5, 6, 7].map((n) => (
        <Skeleton key={n} height={82} radius="md" />
      ))}
    </div>
  );
}
