// What is being written, kept in the browser for whoever is signed in: a reload, a crash, an expired session or
// signing out lose nothing, and nobody else who signs in here gets to see it.
import type { Schemas } from "@/lib/api";
import { BLANK, type Board, type SceneDraft } from "./board";

export interface Kept {
  brief: Schemas["BriefRequest"];
  board: Board | null;
}

const nameFor = (owner: string) => `omnigen.draft.1.${owner}`;

export const EMPTY: Kept = {
  brief: { prompt: "", duration: 15, aspect_ratio: "16:9", resolution: "720p", style: "cinematic", planner: "free", narration: false, music: true, captions: "sidecar", caption_style: "outline", fit: "auto" },
  board: null,
};

export function kept(storage: Pick<Storage, "getItem">, owner: string): Kept {
  try {
    const found: unknown = JSON.parse(storage.getItem(nameFor(owner)) ?? "null");
    if (typeof found !== "object" || found === null || !("brief" in found)) return EMPTY;
    const { brief, board } = found as Kept;
    return { brief: { ...EMPTY.brief, ...brief }, board: sound(board) };
  } catch {
    return EMPTY;
  }
}

/** A board of an earlier version of this page, made whole; null where it makes no sense. */
function sound(board: Board | null): Board | null {
  if (!board || !Array.isArray(board.scenes) || board.scenes.length === 0) return null;
  const scenes = board.scenes.map((scene: SceneDraft) => ({ ...BLANK, ...scene }));
  const whole = scenes.every(({ key, prompt, duration }) => typeof key === "string" && typeof prompt === "string" && Number.isFinite(duration));
  return whole ? { ...board, scenes } : null;
}

export function keep(storage: Pick<Storage, "setItem">, owner: string, draft: Kept): void {
  try {
    storage.setItem(nameFor(owner), JSON.stringify(draft));
  } catch {
    // Full or forbidden: the page works on, without a memory.
  }
}

export function forget(storage: Pick<Storage, "removeItem">, owner: string): void {
  storage.removeItem(nameFor(owner));
}
