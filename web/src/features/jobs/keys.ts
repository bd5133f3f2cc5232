/** What the player's keys do, for its help and for its ears. */
export interface Deeds {
  toggle: () => void;
  /** By so many seconds. */
  move: (by: number) => void;
  /** To a share of the video, 0 to 1. */
  share: (of: number) => void;
  chapter: (by: 1 | -1) => void;
  frame: (by: 1 | -1) => void;
  volume: (by: number) => void;
  mute: () => void;
  captions: () => void;
  fullscreen: () => void;
  speed: (by: 1 | -1) => void;
  help: () => void;
}

export const KEYS: readonly { keys: string; what: string }[] = [
  { keys: "Space or K", what: "Play or pause" },
  { keys: "← →", what: "5 seconds back or on" },
  { keys: "J L", what: "10 seconds back or on" },
  { keys: "Shift + ← →", what: "Scene before or after" },
  { keys: ", .", what: "One picture back or on" },
  { keys: "0 … 9", what: "To that tenth of the video" },
  { keys: "Home End", what: "To its beginning or end" },
  { keys: "↑ ↓", what: "Louder or softer" },
  { keys: "M", what: "Sound off or on" },
  { keys: "C", what: "Captions" },
  { keys: "< >", what: "Slower or faster" },
  { keys: "F", what: "Full screen" },
];

type Pressed = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** What a key asks for; null where it isn't one of the player's. */
export function deedOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Pressed): ((deeds: Deeds) => void) | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (shiftKey && key === "ArrowLeft") return (d) => d.chapter(-1);
  if (shiftKey && key === "ArrowRight") return (d) => d.chapter(1);
  if (/^[0-9]$/.test(key)) return (d) => d.share(Number(key) / 10);
  return DEEDS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

const DEEDS: Record<string, (deeds: Deeds) => void> = {
  " ": (d) => d.toggle(),
  k: (d) => d.toggle(),
  ArrowLeft: (d) => d.move(-5),
  ArrowRight: (d) => d.move(5),
  j: (d) => d.move(-10),
  l: (d) => d.move(10),
  PageUp: (d) => d.chapter(1),
  PageDown: (d) => d.chapter(-1),
  ",": (d) => d.frame(-1),
  ".": (d) => d.frame(1),
  Home: (d) => d.share(0),
  End: (d) => d.share(1),
  ArrowUp: (d) => d.volume(0.1),
  ArrowDown: (d) => d.volume(-0.1),
  m: (d) => d.mute(),
  c: (d) => d.captions(),
  f: (d) => d.fullscreen(),
  "<": (d) => d.speed(-1),
  ">": (d) => d.speed(1),
  "?": (d) => d.help(),
};
