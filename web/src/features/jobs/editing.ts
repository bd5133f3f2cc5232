import type { SceneOfJob, Schemas, Storyboard } from "@/lib/api";
import { money } from "@/lib/format";

type Edit = Schemas["StoryboardEdit"];
type Forecast = Schemas["ForecastView"];

/** One scene as somebody wants it. */
export interface Wanted {
  prompt: string;
  /** Empty: nobody speaks. */
  narration: string;
  /** Seconds. */
  duration: number;
  removed: boolean;
}

export function wantedOf(scene: Schemas["SceneBody"]): Wanted {
  return { prompt: scene.prompt, narration: scene.narration ?? "", duration: scene.duration, removed: false };
}

/** The edit that makes a scene so, and leaves all others alone; null where nothing would change, or it can't be. */
export function editOf(board: Storyboard, number: number, wanted: Wanted): Edit | null {
  const scene = board.scenes[number - 1];
  if (!scene) return null;
  const others = (skip: number) => board.scenes.flatMap((_, n) => (n + 1 === skip ? [] : [{ from: n + 1 }]));
  if (wanted.removed) return board.scenes.length > 1 ? { scenes: others(number) } : null;
  const prompt = wanted.prompt.trim();
  const narration = wanted.narration.trim();
  if (prompt === "") return null;
  const change: Schemas["SceneEdit"] = {
    ...(prompt === scene.prompt ? {} : { prompt }),
    ...(narration === (scene.narration ?? "") ? {} : { narration: narration || null }),
    ...(wanted.duration === scene.duration ? {} : { duration: wanted.duration }),
  };
  return Object.keys(change).length === 0 ? null : { scenes: board.scenes.map((_, n) => (n + 1 === number ? { from: number, ...change } : { from: n + 1 })) };
}

/** The edit that puts a new scene behind another one; null while it says nothing. */
export function insertOf(board: Storyboard, after: number, { prompt, narration, duration }: Wanted): Edit | null {
  if (prompt.trim() === "") return null;
  const fresh: Schemas["SceneEdit"] = { prompt: prompt.trim(), duration, ...(narration.trim() === "" ? {} : { narration: narration.trim() }) };
  return { scenes: board.scenes.flatMap((_, n) => (n + 1 === after ? [{ from: n + 1 }, fresh] : [{ from: n + 1 }])) };
}

/** The edit that is the same as another take of a scene: what it would come to is what that would come to. */
export function retakeOf(board: Storyboard, number: number, seed: number): Edit {
  return { scenes: board.scenes.map((_, n) => (n + 1 === number ? { from: number, seed } : { from: n + 1 })) };
}

/** The edit that is the same as another try: what it would come to is what that would come to. */
export function againOf(board: Storyboard, scenes: readonly Pick<SceneOfJob, "number" | "status">[], placeholders: boolean): Edit {
  if (!placeholders) return {};
  const broken = new Set(scenes.filter(({ status }) => status === "failed" || status === "rejected").map(({ number }) => number));
  return { scenes: board.scenes.map((_, n) => (broken.has(n + 1) ? { from: n + 1, placeholder: true } : { from: n + 1 })) };
}

/** A seed that nobody has chosen: models take 31 bits. */
export function anySeed(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
}

/** What is paid for, in a sentence. */
export function paidWords(forecast: Forecast): string {
  const { at_most: most, lines } = forecast.estimate;
  if (most.micros === 0) return "Free: nothing is filmed anew.";
  const scenes = [...new Set(lines.map(({ scene }) => scene))];
  const what = scenes.some((scene) => scene === null) ? namesOf(scenes.filter((scene) => scene !== null), true) : namesOf(scenes as number[], false);
  return `Only ${what} paid for: at most ${money(most.micros)}.`;
}

function namesOf(scenes: number[], music: boolean): string {
  const names = [...(scenes.length === 0 ? [] : [scenes.length === 1 ? `scene ${scenes[0]}` : `scenes ${scenes.slice(0, -1).join(", ")} and ${scenes.at(-1)}`]), ...(music ? ["the music"] : [])];
  return `${names.join(" and ")} ${scenes.length + (music ? 1 : 0) === 1 ? "is" : "are"}`;
}

/** What is rendered anew, in a sentence. */
export function renderedWords({ scenes }: Forecast): string {
  const anew = scenes.filter(({ segment }) => segment === "new").length;
  const perhaps = scenes.filter(({ segment }) => segment === "perhaps").length;
  const count = perhaps > 0 ? `${anew} to ${anew + perhaps}` : String(anew);
  return anew + perhaps === 0 ? "All that was rendered is kept." : `${count} of ${scenes.length} ${scenes.length === 1 ? "part" : "parts"} rendered anew, the rest is kept as it is.`;
}
