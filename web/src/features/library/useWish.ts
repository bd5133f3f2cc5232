import { useDebouncedCallback } from "@mantine/hooks";
import { useDeferredValue, useState } from "react";
import { useLocation, useSearchParams } from "react-router";
import type { Filter } from "./queries";

const FILTERS: readonly Filter[] = ["all", "making", "succeeded", "failed", "cancelled"];
const WRITE_MS = 300;
const OURS = { state: { wish: true }, replace: true, preventScrollReset: true };

/** What somebody wants to see. It stands in the address, so that it can be linked to and survives a reload. */
export function useWish() {
  const [params, setParams] = useSearchParams();
  const location = useLocation();
  const asked = params.get("q") ?? "";
  const filter = FILTERS.find((known) => known === params.get("show")) ?? "all";

  // The field is ahead of the address while somebody types; only another's change of the address comes back into it.
  const [words, setWords] = useState(asked);
  const [known, setKnown] = useState(location.key);
  if (location.key !== known) {
    setKnown(location.key);
    if (!isOurs(location.state)) setWords(asked);
  }

  const write = (name: string, value: string) =>
    setParams((now) => {
      const next = new URLSearchParams(now);
      if (value === "") next.delete(name);
      else next.set(name, value);
      return next;
    }, OURS);
  const writeWords = useDebouncedCallback((text: string) => write("q", text.trim()), WRITE_MS);

  return {
    filter,
    words,
    search: useDeferredValue(words.trim()),
    show: (wanted: Filter) => write("show", wanted === "all" ? "" : wanted),
    look: (text: string) => {
      setWords(text);
      writeWords(text);
    },
    clear: () => {
      setWords("");
      writeWords.cancel();
      setParams({}, OURS);
    },
  };
}

function isOurs(state: unknown): boolean {
  return typeof state === "object" && state !== null && "wish" in state;
}
