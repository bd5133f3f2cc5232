// How somebody likes to watch: of the browser, not of the account, and no matter if it can't be kept.

export interface Preferences {
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  captions: boolean;
  /** 1 is as it was made. */
  speed: number;
}

const KEY = "omnigen.player";
const USUAL: Preferences = { volume: 1, muted: false, captions: false, speed: 1 };
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

/** Whatever was kept, as far as it makes sense. */
export function readPreferences(text: string | null): Preferences {
  let kept: Partial<Record<keyof Preferences, unknown>>;
  try {
    kept = (JSON.parse(text ?? "{}") ?? {}) as typeof kept;
  } catch {
    return USUAL;
  }
  return {
    volume: typeof kept.volume === "number" && kept.volume >= 0 && kept.volume <= 1 ? kept.volume : USUAL.volume,
    muted: kept.muted === true,
    captions: kept.captions === true,
    speed: SPEEDS.find((speed) => speed === kept.speed) ?? USUAL.speed,
  };
}

export function loadPreferences(): Preferences {
  try {
    return readPreferences(localStorage.getItem(KEY));
  } catch {
    return USUAL;
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Private windows may keep nothing.
  }
}
