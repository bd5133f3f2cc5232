import { money } from "@/lib/format";

const CENT = 10_000;

/** What something will cost, in whole cents and never too little. */
export function price(micros: number): string {
  return micros > 0 && micros < CENT ? "< $0.01" : money(Math.ceil(micros / CENT) * CENT);
}
