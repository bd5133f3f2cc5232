// The sample as it was made (scripts/sample-film): its words, its scenes, and what it was told to cost.

export const PROMPT = "A lighthouse at dusk, a storm rolls in, the light comes on";
export const PRICE_MICROS = 2_250_000;
export const SCENES = [
  { from: 0, to: 4, words: "A lighthouse at dusk" },
  { from: 4, to: 10, words: "A storm rolls in" },
  { from: 10, to: 14, words: "The light comes on" },
] as const;

/** How much of a scene has been shown at a time of the film, 0 to 1. */
export function shown(scene: { from: number; to: number }, time: number): number {
  return Math.min(1, Math.max(0, (time - scene.from) / (scene.to - scene.from)));
}
