// Signed addresses change with every answer, while the file behind them stays the same. To hand the first one on for as
// long as it is good keeps pictures from being loaded again each time that the list is.

const MARGIN_MS = 120_000;

/** Until when a signed address is good: S3 says when it was signed and for how long, CloudFront the second. */
export function goodUntil(address: string): number {
  const query = new URL(address).searchParams;
  const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("X-Amz-Date") ?? "");
  if (signed) {
    const [year = 0, month = 1, day, hour, minute, second] = signed.slice(1).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) + Number(query.get("X-Amz-Expires")) * 1000;
  }
  return Number(query.get("Expires") ?? 0) * 1000;
}

/** Remembers, for each file, the address that is in use. */
export class Addresses {
  private readonly used = new Map<string, string>();

  steady(address: string, now: number): string {
    const file = address.split("?", 1)[0] ?? address;
    const before = this.used.get(file);
    if (before !== undefined && goodUntil(before) - MARGIN_MS > now) return before;
    this.used.set(file, address);
    return address;
  }
}
