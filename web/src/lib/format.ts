// Numbers for people. Money comes as whole micro-dollars and stays whole until it is shown.

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: 6 });
const bytesFormat = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

export function money(micros: number): string {
  return dollars.format(micros / 1_000_000);
}

/** A length in a programme: 0:07, 1:05, 12:00. Tenths only where they say something. */
export function clock(seconds: number, tenths = false): string {
  const whole = tenths ? Math.floor(seconds * 10) / 10 : Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const rest = whole - minutes * 60;
  const text = tenths ? rest.toFixed(1).padStart(4, "0") : String(rest).padStart(2, "0");
  return `${minutes}:${text}`;
}

/** A length in seconds without a needless ".0": "6 s", "4.5 s". */
export function seconds(value: number): string {
  return `${Math.round(value * 10) / 10} s`;
}

export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const at = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  return `${bytesFormat.format(size / 1000 ** at)} ${units[at]}`;
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "2 minutes ago", "yesterday"; a date once it is more than a week. */
export function ago(iso: string, now: Date): string {
  const past = (new Date(iso).getTime() - now.getTime()) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [["second", 60], ["minute", 3600], ["hour", 86_400], ["day", 604_800]];
  let size = 1;
  for (const [unit, limit] of steps) {
    if (Math.abs(past) < limit) return relative.format(Math.round(past / size), unit);
    size = limit;
  }
  return new Date(iso).toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
}

/** "1 video", "3 videos", "1,200 videos". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** A sentence begins with a capital and ends. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…)]$/.test(begun) || begun === "" ? begun : `${begun}.`;
}
