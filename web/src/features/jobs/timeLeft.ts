/** What is known of a job's pace: when it was looked at, and how far it had come. */
export interface Pace {
  /** Seconds since it began. */
  elapsed: number;
  /** 0 to 1. */
  progress: number;
}

/** Seconds that are still to be expected, from how far it has come; null while that says nothing. */
export function timeLeft({ elapsed, progress }: Pace): number | null {
  if (progress < 0.05 || progress >= 1 || elapsed < 2) return null;
  return (elapsed * (1 - progress)) / progress;
}

/** Those seconds in words, coarser the further off they are: nobody trusts "about 43 s" that becomes "about 51 s". */
export function leftInWords(left: number | null): string | null {
  if (left === null) return null;
  if (left < 8) return "a few seconds left";
  if (left < 55) return `about ${Math.ceil(left / 10) * 10} seconds left`;
  const minutes = Math.max(1, Math.round(left / 60));
  return minutes === 1 ? "about a minute left" : `about ${minutes} minutes left`;
}
