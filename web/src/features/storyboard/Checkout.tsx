import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import type { Schemas } from "@/lib/api";
import { clock } from "@/lib/format";
import { asProblem, wordsFor } from "@/lib/problems";
import { lengthOf, type Board } from "./board";
import classes from "./Checkout.module.css";
import type { Estimate } from "./estimate";
import { price as inCents } from "./price";
import type { useUsage } from "./queries";
import { Ready } from "./Ready";

interface Props extends Estimate {
  board: Board;
  usage: ReturnType<typeof useUsage>;
  done: () => void;
}

/** What it costs and what is left, always in sight; nothing is spent before the second button. */
export function Checkout({ board, body, faults, price, usage, waiting, done }: Props) {
  const [open, { open: show, close }] = useDisclosure(false);
  const estimate = price.data?.estimate;
  const left = usage.data ? leftOf(usage.data) : null;
  const stale = waiting || price.isPlaceholderData || price.isFetching;
  const trouble = faults[0]?.text ?? (price.error && !stale ? wordsFor(asProblem(price.error)).text : null) ?? shortage(left, estimate);
  const ready = body !== null && estimate !== undefined && trouble === null && !stale;

  return (
    <div className={classes.bar} role="region" aria-label="Price">
      <dl className={classes.figures}>
        <Figure name="Length" value={clock(lengthOf(board))} note={board.scenes.length === 1 ? "1 scene" : `${board.scenes.length} scenes`} />
        <Figure name="Price" value={estimate ? `≈ ${inCents(estimate.expected.micros)}` : "…"} note={estimate ? `at most ${inCents(estimate.at_most.micros)}` : "being worked out"} stale={stale} />
        <Figure name="Left" value={left === null ? (usage.error ? "?" : "…") : videos(left.videos)} note={left === null ? (usage.error ? "not known just now" : "") : `and ${inCents(left.micros)} this month`} />
      </dl>
      <Text size="sm" c="red" role="status" className={classes.trouble ?? ""}>
        {trouble}
      </Text>
      <Button size="md" leftSection={<IconPlayerPlayFilled size={16} aria-hidden />} disabled={!ready} onClick={show}>
        Generate
      </Button>
      <div role="status" className="visually-hidden">
        {ready && `${clock(lengthOf(board))} long, at most ${inCents(estimate.at_most.micros)}`}
      </div>
      <Ready opened={open} close={close} board={board} body={body} estimate={estimate} done={done} />
    </div>
  );
}

interface Left {
  videos: number;
  micros: number;
}

export function leftOf({ limits, months }: Schemas["UsageView"]): Left {
  const month = months[0];
  const used = month ? month.held_videos + month.settled_videos : 0;
  const spent = month ? month.held.micros + month.settled.micros : 0;
  return { videos: Math.max(0, limits.videos - used), micros: Math.max(0, limits.spend.micros - spent) };
}

export function videos(count: number): string {
  return count === 1 ? "1 video" : `${count} videos`;
}

function shortage(left: Left | null, estimate: Schemas["EstimateView"] | undefined): string | null {
  if (left === null) return null;
  if (left.videos === 0) return "All videos of this month are made. The draft is kept; there are new ones next month.";
  return estimate && estimate.at_most.micros > left.micros ? `That is more than the ${inCents(left.micros)} left this month. A cheaper model or fewer seconds help.` : null;
}

function Figure({ name, value, note, stale = false }: { name: string; value: string; note: string; stale?: boolean }) {
  return (
    <div className={classes.figure} data-stale={stale || undefined}>
      <dt>{name}</dt>
      <dd className={`${classes.value} tabular`}>{value}</dd>
      <dd className={classes.note}>{note}</dd>
    </div>
  );
}
