// What a model can film and an account may have: said while one edits, before the server has to refuse it.
import type { Model } from "@/lib/api";
import { bytes, clock, seconds } from "@/lib/format";
import { lengthOf, LONGEST, SHORTEST, type Board, type SceneDraft } from "./board";

export const SHORTEST_VIDEO = 5;
export const LONGEST_VIDEO = 180;
export const SHORTEST_PROMPT = 10;

/** Within this of a length that the model makes, a dragged edge falls into place, seconds. */
const PULL = 0.35;
const STEP = 0.5;
const WORDS_A_SECOND = 2.4;
const MOST_PIXELS = 90;

export const PICTURES = ["image/png", "image/jpeg", "image/webp"];
const LARGEST = 25_000_000;

export interface Fault {
  /** The scene's key; null where it is the whole video. */
  key: string | null;
  text: string;
  /** The length that would do, where a length is at fault. */
  remedy?: number;
}

/** Seconds of the longest scene that it films; moving stills last as long as one likes. */
export function longestOf(model: Model | undefined): number {
  return model === undefined || model.clip_seconds.length === 0 ? LONGEST : Math.max(...model.clip_seconds);
}

/** The nearest length worth having: half seconds, and those that the model makes and charges for. */
export function snapped(length: number, model: Model | undefined): number {
  const made = model?.clip_seconds.find((each) => Math.abs(each - length) <= PULL);
  return Math.min(longestOf(model), Math.max(SHORTEST, made ?? Math.round(length / STEP) * STEP));
}

/** Seconds that are paid for a scene: the shortest clip that covers it. Null where it isn't paid by the second. */
export function paidFor(length: number, model: Model | undefined): number | null {
  if (model?.price.unit !== "second") return null;
  return [...model.clip_seconds].sort((a, b) => a - b).find((each) => each >= length - 0.01) ?? null;
}

/** About how long it takes to say. */
export function spokenSeconds(text: string): number {
  const words = text.split(/\s+/).filter(Boolean).length;
  return words === 0 ? 0 : words / WORDS_A_SECOND + 0.3;
}

export function faultsOf(board: Board, model: Model | undefined, longestVideo: number): Fault[] {
  const faults = board.scenes.flatMap((scene, n) => faultsOfScene(scene, n + 1, model));
  const length = lengthOf(board);
  if (length < SHORTEST_VIDEO - 0.01) faults.push({ key: null, text: `A video lasts ${SHORTEST_VIDEO} seconds at least; this one ${seconds(length)}.` });
  if (length > longestVideo + 0.01) faults.push({ key: null, text: `Yours may last up to ${clock(longestVideo)}; this one lasts ${clock(length)}. Shorten or delete a scene.` });
  return faults;
}

function faultsOfScene(scene: SceneDraft, number: number, model: Model | undefined): Fault[] {
  const { key, prompt, duration, referenceImage } = scene;
  const longest = longestOf(model);
  const found: Fault[] = [];
  if (prompt.trim() === "") found.push({ key, text: `Scene ${number} needs a few words.` });
  if (duration > longest) found.push({ key, text: `${model?.title ?? "The model"} films up to ${seconds(longest)} at a time.`, remedy: longest });
  if (model && prompt.length > model.max_prompt) found.push({ key, text: `${model.title} reads up to ${model.max_prompt.toLocaleString("en")} letters; scene ${number} has ${prompt.length.toLocaleString("en")}.` });
  if (model && referenceImage !== null && !model.takes_reference) found.push({ key, text: `${model.title} can't start from a picture.` });
  return found;
}

/** Pixels for a second of the timeline: all of it in sight where there is room, never too narrow to write in. */
export function scaleOf(durations: readonly number[], room: number, narrowest: number): number {
  const total = durations.reduce((sum, each) => sum + each, 0);
  if (total === 0) return narrowest;
  const wanted = Math.min(narrowest / Math.min(...durations), MOST_PIXELS);
  return Math.max(wanted, room / total);
}

/** Why a file can't be the picture that a scene starts from; null if it can. */
export function refusal({ type, size }: Pick<File, "type" | "size">): string | null {
  if (!PICTURES.includes(type)) return "Use a PNG, JPEG or WebP picture.";
  if (size === 0) return "That file is empty.";
  return size > LARGEST ? `That picture has ${bytes(size)}; up to ${bytes(LARGEST)} can be sent.` : null;
}
