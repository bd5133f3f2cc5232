// What becomes of a job, in words for people.
import type { Job } from "@/lib/api";

export type Status = Job["status"];

export const ENDED: readonly Status[] = ["succeeded", "failed", "cancelled"];

export const STATUS_WORDS: Record<Status, string> = {
  queued: "In line",
  generating: "Filming",
  composing: "Cutting",
  succeeded: "Finished",
  failed: "Failed",
  cancelling: "Cancelling",
  cancelled: "Cancelled",
};

export function hasEnded(job: Pick<Job, "status">): boolean {
  return ENDED.includes(job.status);
}
