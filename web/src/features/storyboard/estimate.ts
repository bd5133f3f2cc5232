import { useDebouncedValue } from "@mantine/hooks";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Model, Schemas } from "@/lib/api";
import { bodyOf, type Board } from "./board";
import { faultsOf, type Fault } from "./limits";
import { usePrice } from "./queries";

export interface Estimate {
  faults: readonly Fault[];
  /** What would be sent; null while something has to be seen to. */
  body: Schemas["StoryboardBody"] | null;
  price: UseQueryResult<Schemas["DraftView"], unknown>;
  /** Whether there are edits that the price doesn't know yet. */
  waiting: boolean;
}

const PAUSE_MS = 350;

/** What is wrong with a storyboard, and what it costs, a moment after each edit. */
export function useEstimate(board: Board | undefined, model: Model | undefined, longest: number): Estimate {
  const [steady] = useDebouncedValue(board, PAUSE_MS);
  const faults = useMemo(() => (board ? faultsOf(board, model, longest) : []), [board, model, longest]);
  const sound = useMemo(() => steady !== undefined && faultsOf(steady, model, longest).length === 0, [steady, model, longest]);
  const body = useMemo(() => (sound && steady ? bodyOf(steady) : null), [steady, sound]);
  const price = usePrice(body);
  return { faults, body, price, waiting: steady !== board };
}
