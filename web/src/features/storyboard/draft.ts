// What is being written, kept in the browser: a reload, a crash or an expired session lose nothing.
import type { Schemas } from "@/lib/api";
import type { Board } from "./board";

export interface Kept {
  brief: Schemas["BriefRequest"];
  board: Board | null;
}

const NAME = "omnigen.draft.1";

export const EMPTY: Kept = {
  brief: { prompt: "", duration: 15, aspect_ratio: "16:9", resolution: "720p", style: "cinematic", planner: "free", narration: false, music: true, captions: "sidecar", caption_style: "outline", fit: "auto" },
  board: null,
};

export function kept(storage: Pick<Storage, "getItem">): Kept {
  try {
    const found: unknown = JSON.parse(storage.getItem(NAME) ?? "null");
    if (typeof found !== "object" || found === null || !("brief" in found)) return EMPTY;
    const { brief, board } = found as Kept;
    return { brief: { ...EMPTY.brief, ...brief }, board: board && Array.isArray(board.scenes) && board.scenes.length > 0 ? board : null };
  } catch {
    return EMPTY;
  }
}

export function keep(storage: Pick<Storage, "setItem">, draft: Kept): void {
  try {
    storage.setItem(NAME, JSON.stringify(draft));
  } catch {
    // Full or forbidden: the page works on, without a memory.
  }
}

export function forget(storage: Pick<Storage, "removeItem">): void {
  storage.removeItem(NAME);
}
