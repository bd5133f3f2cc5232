/** A number of its own for every text, 0 to 359, so that a card is known again before there is a picture. */
export function hueOf(text: string): number {
  let hash = 2166136261;
  for (const sign of text.slice(0, 400)) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % 360;
}
