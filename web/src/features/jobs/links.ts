import { useState } from "react";

/** Whether two signed addresses lead to the same thing: a signature changes with every renewal, the path doesn't. */
export function sameThing(one: string | null, other: string | null): boolean {
  return one === other || (one !== null && other !== null && pathOf(one) === pathOf(other));
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? url;
}

/**
 * The address first given, for as long as the same thing is meant: a film isn't loaded anew at each look at its job.
 * `renew` says that it leads nowhere any more: the next one is taken, and asked for where it isn't here yet.
 */
export function useSteady(url: string | null, ask: () => void = () => undefined): [string | null, () => void] {
  const [kept, setKept] = useState(url);
  const [spent, setSpent] = useState(false);
  const current = sameThing(kept, url) && !(spent && kept !== url) ? kept : url;
  if (current !== kept) {
    setKept(current);
    setSpent(false);
  }
  const renew = () => {
    setSpent(true);
    if (kept === url) ask();
  };
  return [current, renew];
}
