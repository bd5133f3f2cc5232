// What the figures of a month come to. Money stays whole micros.
import type { Schemas } from "@/lib/api";

export type Month = Schemas["MonthView"];
export type Measure = "spend" | "videos";

export interface Bar {
  period: string;
  /** What counts for good, and what running videos hold. */
  settled: number;
  held: number;
}

/** Oldest first, as one reads. */
export function barsOf(months: readonly Month[], measure: Measure): Bar[] {
  const bar = (month: Month): Bar =>
    measure === "spend"
      ? { period: month.period, settled: month.settled.micros, held: month.held.micros }
      : { period: month.period, settled: month.settled_videos, held: month.held_videos };
  return months.map(bar).reverse();
}

/** Round steps from nothing to no less than the most: at most five of them, none of them below `least`. */
export function stepsTo(most: number, least: number): number[] {
  let step = least;
  for (let n = 0; most / step > 4; n += 1) step *= n % 3 === 1 ? 2.5 : 2;
  const count = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: count + 1 }, (_, n) => n * step);
}

export interface Meter {
  share: number;
  level: "calm" | "near" | "full";
}

/** How near a limit is; a limit of nothing is reached at once. */
export function meterOf(used: number, limit: number): Meter {
  const share = limit > 0 ? Math.min(1, used / limit) : 1;
  return { share, level: share >= 1 ? "full" : share >= 0.8 ? "near" : "calm" };
}

const MONTHS_UTC = { timeZone: "UTC" } as const;

export function monthName(period: string, form: "short" | "long"): string {
  const options: Intl.DateTimeFormatOptions = form === "short" ? { month: "short" } : { month: "long", year: "numeric" };
  return startOf(period).toLocaleDateString("en", { ...options, ...MONTHS_UTC });
}

/** The day on which the figures begin anew: the month is counted in UTC. */
export function renewalOf(period: string): string {
  const start = startOf(period);
  start.setUTCMonth(start.getUTCMonth() + 1);
  return start.toLocaleDateString("en", { day: "numeric", month: "long", ...MONTHS_UTC });
}

function startOf(period: string): Date {
  return new Date(`${period}-01T00:00:00Z`);
}
