// The storyboard while it is edited: pure moves over an immutable value, and their history.
import type { Schemas } from "@/lib/api";

export type Transition = Schemas["TransitionKind"];

export interface SceneDraft {
  /** Its own for as long as it is edited: cards move with it. */
  key: string;
  prompt: string;
  narration: string;
  /** Seconds, overlaps with its neighbours included. */
  duration: number;
  /** Into this scene; the first has none. */
  transition: { type: Transition; duration: number };
  referenceImage: string | null;
  /** The reference image, small, to be seen here only. */
  picture: string | null;
  seed: number | null;
}

export interface Board {
  title: string;
  scenes: readonly SceneDraft[];
  /** What is edited elsewhere: shape, model, style, sound. */
  rest: Omit<Schemas["StoryboardBody"], "scenes" | "title">;
}

export const MAX_SCENES = 40;
export const SHORTEST = 1;
export const LONGEST = 60;
export const BLANK: Omit<SceneDraft, "key"> = { prompt: "", narration: "", duration: 5, transition: { type: "cut", duration: 0 }, referenceImage: null, picture: null, seed: null };

/** Joins are counted in frames; the server's usual rate. */
const RATE = 24;

export type Edit =
  | { do: "change"; key: string; to: Partial<Omit<SceneDraft, "key">> }
  | { do: "move"; key: string; to: number }
  | { do: "split"; key: string; newKey: string }
  | { do: "duplicate"; key: string; newKey: string }
  | { do: "remove"; key: string }
  | { do: "add"; after: string | null; newKey: string }
  | { do: "title"; to: string }
  | { do: "rest"; to: Partial<Board["rest"]> }
  /** Another plan in its place. */
  | { do: "replace"; by: Board };

const CUT = BLANK.transition;

export function edited(board: Board, edit: Edit): Board {
  const scenes = [...board.scenes];
  const at = "key" in edit ? scenes.findIndex((scene) => scene.key === edit.key) : -1;
  const scene = scenes[at];
  switch (edit.do) {
    case "title":
      return { ...board, title: edit.to };
    case "rest":
      return alike(board.rest, edit.to) ? board : { ...board, rest: { ...board.rest, ...edit.to } };
    case "replace":
      return edit.by;
    case "add": {
      const behind = edit.after === null ? 0 : scenes.findIndex((one) => one.key === edit.after) + 1;
      if (scenes.length >= MAX_SCENES) return board;
      scenes.splice(behind, 0, { ...BLANK, key: edit.newKey, duration: scenes[behind - 1]?.duration ?? BLANK.duration });
      return withScenes(board, scenes);
    }
    default:
      if (scene === undefined) return board;
  }
  switch (edit.do) {
    case "change":
      scenes[at] = { ...scene, ...edit.to, ...(edit.to.duration === undefined ? {} : { duration: bounded(edit.to.duration) }) };
      if (same(scenes[at], scene)) return board;
      break;
    case "move": {
      const to = Math.max(0, Math.min(edit.to, scenes.length - 1));
      if (to === at) return board;
      scenes.splice(at, 1);
      scenes.splice(to, 0, scene);
      break;
    }
    case "split": {
      if (scenes.length >= MAX_SCENES || scene.duration < 2 * SHORTEST) return board;
      const half = tenth(scene.duration / 2);
      scenes.splice(at, 1, { ...scene, duration: half }, { ...scene, key: edit.newKey, duration: tenth(scene.duration - half), narration: "", transition: CUT, referenceImage: null, picture: null, seed: null });
      break;
    }
    case "duplicate":
      if (scenes.length >= MAX_SCENES) return board;
      scenes.splice(at + 1, 0, { ...scene, key: edit.newKey, seed: null });
      break;
    case "remove":
      if (scenes.length === 1) return board;
      scenes.splice(at, 1);
      break;
  }
  return withScenes(board, scenes);
}

/** Joins that fit: the first scene has none before it, and an overlap is at most half of either neighbour. */
function withScenes(board: Board, scenes: SceneDraft[]): Board {
  const fitted = scenes.map((scene, n) => {
    const before = scenes[n - 1];
    if (before === undefined || scene.transition.type === "cut") return scene.transition === CUT ? scene : { ...scene, transition: CUT };
    const most = longestJoin(before, scene);
    return scene.transition.duration <= most ? scene : { ...scene, transition: { ...scene.transition, duration: most } };
  });
  return { ...board, scenes: fitted };
}

/** Seconds that the transition between two scenes may take: half of the shorter, in whole frames. */
export function longestJoin(before: SceneDraft, scene: SceneDraft): number {
  const frames = Math.floor(Math.round(Math.min(before.duration, scene.duration) * RATE) / 2);
  const most = tenth(frames / RATE);
  return Math.round(tenth(most + 0.1) * RATE) <= frames ? tenth(most + 0.1) : most;
}

function same(one: SceneDraft, other: SceneDraft): boolean {
  const { transition, ...rest } = one;
  const { transition: another, ...others } = other;
  return transition.type === another.type && transition.duration === another.duration && alike(others, rest);
}

/** Whether what is given is so already. */
function alike<T extends object>(whole: T, given: Partial<T>): boolean {
  return Object.entries(given).every(([name, value]) => whole[name as keyof T] === value);
}

function bounded(seconds: number): number {
  return tenth(Math.max(SHORTEST, Math.min(LONGEST, seconds)));
}

function tenth(value: number): number {
  return Math.floor(value * 10 + 1e-6) / 10;
}

/** Seconds of the finished programme: overlaps count once. */
export function lengthOf(board: Board): number {
  return board.scenes.reduce((sum, scene) => sum + scene.duration - scene.transition.duration, 0);
}

/** Where each scene begins in the programme, seconds. */
export function startsOf(board: Board): number[] {
  let at = 0;
  return board.scenes.map((scene) => {
    const start = Math.max(0, at - scene.transition.duration);
    at = start + scene.duration;
    return start;
  });
}

// --- to and from the API

export function boardOf(body: Schemas["StoryboardBody"], newKey: () => string): Board {
  const { scenes, title, ...rest } = body;
  return {
    title: title ?? "",
    rest,
    scenes: scenes.map((scene, n) => ({
      key: newKey(),
      prompt: scene.prompt,
      narration: scene.narration ?? "",
      duration: scene.duration,
      transition: n === 0 || !scene.transition ? CUT : { type: scene.transition.type ?? "cut", duration: scene.transition.duration ?? 0 },
      referenceImage: scene.reference_image ?? null,
      picture: null,
      seed: scene.seed ?? null,
    })),
  };
}

export function bodyOf(board: Board): Schemas["StoryboardBody"] {
  return {
    ...board.rest,
    music: board.rest.music?.trim() || null,
    title: board.title.trim() || null,
    scenes: board.scenes.map((scene) => ({
      prompt: scene.prompt,
      narration: scene.narration.trim() || null,
      duration: scene.duration,
      transition: scene.transition,
      reference_image: scene.referenceImage,
      seed: scene.seed,
      placeholder: false,
    })),
  };
}

// --- history

export interface History {
  past: readonly Board[];
  now: Board;
  future: readonly Board[];
  /** What the last edit was about: typing on in one field is one step back. */
  about: string | null;
}

const DEEPEST = 100;

export function begun(board: Board): History {
  return { past: [], now: board, future: [], about: null };
}

export function after(history: History, edit: Edit): History {
  const now = edited(history.now, edit);
  if (now === history.now) return history;
  const about = subject(edit);
  const goesOn = about !== null && about === history.about;
  const past = goesOn ? history.past : [...history.past, history.now].slice(-DEEPEST);
  return { past, now, future: [], about };
}

export function undone(history: History): History {
  const now = history.past.at(-1);
  return now === undefined ? history : { past: history.past.slice(0, -1), now, future: [history.now, ...history.future], about: null };
}

export function redone(history: History): History {
  const [now, ...future] = history.future;
  return now === undefined ? history : { past: [...history.past, history.now], now, future, about: null };
}

/** What was typed or dragged is done with: what follows in the same place is another step. */
export function settled(history: History): History {
  return history.about === null ? history : { ...history, about: null };
}

function subject(edit: Edit): string | null {
  if (edit.do === "change") return `${edit.key}.${Object.keys(edit.to).join()}`;
  if (edit.do === "rest") return typeof edit.to.music === "string" ? "music" : null;
  return edit.do === "title" ? "title" : null;
}
