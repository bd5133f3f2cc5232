import type { Job } from "@/lib/api";

/** Whether every word is somewhere in the title or in a prompt, whatever its case or accents. */
export function matches(job: Pick<Job, "title" | "prompt" | "storyboard">, search: string): boolean {
  const text = plain([job.title, job.prompt, ...promptsOf(job)].filter(Boolean).join(" "));
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What it shows, scene by scene. */
export function promptsOf(job: Pick<Job, "storyboard">): string[] {
  return job.storyboard?.scenes.map((scene) => scene.prompt) ?? [];
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase("en");
}
