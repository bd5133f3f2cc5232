/** Seconds that are still to be expected, from how far it has come; null while that says nothing. */
export function timeLeft(elapsed: number, progress: number): number | null {
  if (progress < 0.05 || progress >= 1 || elapsed < 2) return null;
  return (elapsed * (1 - progress)) / progress;
}
