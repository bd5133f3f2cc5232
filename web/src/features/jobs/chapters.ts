import type { SceneOfJob } from "@/lib/api";

/** Where each scene begins in the programme, seconds: overlaps count once. */
export function startsOf(scenes: readonly Pick<SceneOfJob, "duration" | "transition">[]): number[] {
  let end = 0;
  return scenes.map((scene, n) => {
    const overlap = n === 0 || !scene.transition || scene.transition.type === "cut" ? 0 : (scene.transition.duration ?? 0);
    const start = Math.max(0, end - overlap);
    end = start + scene.duration;
    return start;
  });
}
