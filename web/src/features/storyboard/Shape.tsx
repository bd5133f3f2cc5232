import type { Schemas } from "@/lib/api";

const SIZES: Record<Schemas["AspectRatio"], [number, number]> = { "16:9": [32, 18], "9:16": [18, 32], "1:1": [26, 26], "4:5": [24, 30] };

/** The frame's shape, as itself. */
export function Shape({ ratio }: { ratio: Schemas["AspectRatio"] }) {
  const [width, height] = SIZES[ratio];
  return (
    <svg width="36" height="36" viewBox="-18 -18 36 36" aria-hidden="true" focusable="false">
      <rect x={-width / 2} y={-height / 2} width={width} height={height} rx="3" fill="color-mix(in srgb, var(--glow) 35%, transparent)" stroke="var(--glow)" strokeWidth="1.5" />
    </svg>
  );
}
