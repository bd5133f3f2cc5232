import { useNetwork } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { isDown, onReach, untilAnswered } from "@/lib/reach";
import classes from "./ConnectionBar.module.css";

/** Says that the network or the API is gone, that nothing is lost by it, and goes on by itself once it is back. */
export function ConnectionBar() {
  const { online } = useNetwork();
  const down = useSyncExternalStore(onReach, isDown);
  const queries = useQueryClient();

  useEffect(() => {
    if (!down || !online) return undefined;
    const asking = new AbortController();
    void untilAnswered(asking.signal);
    return () => {
      asking.abort();
      if (!isDown()) void queries.invalidateQueries();
    };
  }, [down, online, queries]);

  const text = wordsOf(online, down);
  return (
    <div role="status" className={text ? classes.bar : undefined}>
      {text}
    </div>
  );
}

function wordsOf(online: boolean, down: boolean): string | null {
  if (!online) return "You are offline. What you write is kept here; videos in the making go on.";
  return down ? "OmniGen can't be reached just now. What you write is kept; it goes on by itself." : null;
}
