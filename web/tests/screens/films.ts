// The films that the pictures show.
import type { film } from "../e2e/arrange";

export const BRIEF = "A day in the life of a city cat: rooftops at dawn, the fish market at noon, a warm window at night";

/** Title and prompt; the newest stand last. */
export const FILMS = [
  ["Northern lights, an hour in one breath", "green northern lights over a frozen lake, stars turning"],
  ["How coffee gets to your cup", "a mountain farm in warm morning light, red coffee cherries"],
  ["Neon rain", "a neon street at night, rain, reflections in magenta and blue"],
  ["The glassblower", "a glassblower turns glowing orange glass in a dark workshop"],
  ["Desert bloom", "a desert at golden hour, flowers open after the rain"],
  ["Under the ice", "deep blue water below the ice, a seal swims through beams of light"],
] as const;

export const REFUSED = {
  title: "Midnight in the old town",
  marked: "the masked thief",
  prompts: ["wet cobblestones under a street lamp", "the masked thief climbs a wall", "a cat watches from a window"],
};

export const MAKING = {
  title: "A city wakes",
  marked: "a bakery opens",
  prompts: ["the first tram crosses an empty square at dawn", "light climbs the towers, window by window", "a bakery opens, steam and warm light"],
};

export const LIGHTHOUSE: ReturnType<typeof film> = {
  title: "A lighthouse at dusk",
  model: "google/veo-3.1-fast",
  resolution: "720p",
  music: "calm, wide, strings",
  scenes: [
    { prompt: "A lighthouse on a cliff at dusk, the sea calm, the last light on the water", narration: "Every evening, somebody climbs these stairs.", duration: 6 },
    { prompt: "A storm rolls in, dark clouds, waves against the rocks", duration: 4, transition: { type: "dissolve", duration: 0.5 } },
    { prompt: "The lamp comes on, its beam turns through the rain", narration: "And somebody at sea finds the way home.", duration: 6, transition: { type: "fade_black", duration: 0.6 } },
  ],
};
