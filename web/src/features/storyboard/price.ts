import { money } from "@/lib/format";

const CENT = 10_000;

/** What something will cost, in whole cents and never too little; what is less than a cent stays exact. */
export function price(micros: number): string {
  return money(micros < CENT ? micros : Math.ceil(micros / CENT) * CENT);
}
