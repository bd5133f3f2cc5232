import type { Job, Schemas, SceneOfJob } from "@/lib/api";
import { money, sentence } from "@/lib/format";

export const SCENE_WORDS: Record<SceneOfJob["status"], string> = {
  pending: "Waiting",
  generating: "Filming",
  stored: "Being checked",
  ready: "Ready",
  rejected: "Not usable",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const REASON_WORDS: Record<Schemas["Reason"], string> = { submit: "first version", retry: "tried again", edit: "edited", regenerate: "another take" };

/** What is being done, in a few words. */
export function stageWords(job: Pick<Job, "status" | "stage" | "scenes">): string {
  const filmed = job.scenes.length > 0 && job.scenes.every(({ status, placeholder }) => status === "ready" || placeholder);
  if (job.status === "generating" && filmed) return "All scenes are there; cutting them together";
  return sentence(job.stage).replace(/\.$/, "");
}

type Failure = Pick<Schemas["FailureView"], "message" | "retryable" | "code">;

/** What went wrong with a scene, and what may help; its number is already known where this is read. */
export function explained({ message, retryable, code }: Failure): { what: string; advice: string } {
  const what = sentence(message.replace(/^(scene \d+: )+/i, ""));
  if (/sensitive|safety|policy|E005|moderat/i.test(`${code} ${message}`)) return { what, advice: "The model won’t film these words. Say it another way, then make the scene again." };
  if (code === "narration_too_long") return { what, advice: "Shorten its narration, or give the scene more seconds." };
  return { what, advice: retryable ? "Trying again may well work." : "Change its words, or try another take." };
}

export function chargedWords(micros: number): string {
  return micros === 0 ? "You were not charged for it." : `${money(micros)} was charged for it.`;
}

/** What a version that came to nothing has cost, and what comes back; only a first version takes a video from the quota. */
export function givenBackWords({ cost, revision }: Pick<Job, "cost" | "revision">): string {
  const paid = cost.micros === 0 ? "Nothing was charged." : `${money(cost.micros)} was charged for what had been made; that is kept and not paid again.`;
  return revision === 1 ? `${paid} The video is back in your quota.` : paid;
}

const KIND_WORDS: Record<Schemas["TakeKind"], string> = { plan: "Storyboard", still: "Picture", video: "Clip", speech: "Voice", music: "Music" };

export interface CostLine {
  id: string;
  what: string;
  model: string;
  micros: number;
  /** Not charged, and why. */
  note: string | null;
}

/** What this revision has asked models for, in the order of the programme. */
export function costLines(job: Job): CostLine[] {
  const own = job.takes.map((take) => ({ take, scene: null as number | null }));
  const ofScenes = job.scenes.flatMap((scene) => scene.takes.map((take) => ({ take, scene: scene.number as number | null })));
  const seen = new Set<string>();
  return [...own, ...ofScenes]
    .filter(({ take }) => take.revision === job.revision && !seen.has(take.id) && seen.add(take.id))
    .map(({ take, scene }) => ({
      id: take.id,
      what: scene === null ? KIND_WORDS[take.kind] : `Scene ${scene}, ${KIND_WORDS[take.kind].toLowerCase()}${take.attempt > 1 ? `, try ${take.attempt}` : ""}`,
      model: take.model,
      micros: take.cost.micros,
      note: take.cost.micros === 0 && ["refused", "failed", "aborted", "cancelled", "lost"].includes(take.status) ? "not charged" : null,
    }));
}
