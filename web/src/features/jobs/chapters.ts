import type { SceneOfJob } from "@/lib/api";

/** A stretch of the programme in which one scene is what is mostly seen, seconds. */
export interface Chapter {
  number: number;
  title: string;
  from: number;
  to: number;
}

type Timed = Pick<SceneOfJob, "number" | "duration" | "transition" | "prompt">;

/** One for each scene. Two scenes that overlap count once, and meet in the middle of their transition. */
export function chaptersOf(scenes: readonly Timed[]): Chapter[] {
  const starts: number[] = [];
  let end = 0;
  for (const [n, scene] of scenes.entries()) {
    const overlap = n === 0 ? 0 : overlapOf(scene);
    starts.push(Math.max(0, end - overlap / 2));
    end = Math.max(0, end - overlap) + scene.duration;
  }
  return scenes.map((scene, n) => ({ number: scene.number, title: titleOf(scene.prompt), from: starts[n] ?? 0, to: starts[n + 1] ?? end }));
}

function overlapOf({ transition }: Timed): number {
  return !transition || transition.type === "cut" ? 0 : (transition.duration ?? 0);
}

/** Which chapter a time is in; the last one for all that comes after. */
export function chapterAt(chapters: readonly Chapter[], time: number): number {
  return Math.max(0, chapters.findLastIndex(({ from }) => time >= from - 0.001));
}

/** Where "back" leads: to the beginning of this chapter, or of the one before if this one has only just begun. */
export function chapterBefore(chapters: readonly Chapter[], time: number): number {
  return chapters.findLast(({ from }) => from < time - 1)?.from ?? 0;
}

export function chapterAfter(chapters: readonly Chapter[], time: number, end: number): number {
  return chapters.find(({ from }) => from > time + 0.05)?.from ?? end;
}

/** A prompt's first few words: up to its first full stop or comma, if that isn't too far off. */
function titleOf(prompt: string | null): string {
  const text = (prompt ?? "").trim();
  const cut = text.slice(0, 60).search(/[.,;:!?\n]/);
  if (cut > 8) return text.slice(0, cut);
  return text.length > 60 ? `${text.slice(0, 57).trimEnd()}…` : text;
}
