import type { Job } from "@/lib/api";

/** Whether every word is somewhere in the title or in a prompt, whatever its case or accents. */
export function matches(job: Pick<Job, "title" | "prompt" | "scenes">, search: string): boolean {
  const text = plain([job.title, job.prompt, ...job.scenes.map((scene) => scene.prompt)].filter(Boolean).join(" "));
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase("en");
}
