import type { Thumb } from "./sprites";

/** One thumbnail out of the sheet, as large as its place, cut where that has another shape. */
export function Sprite({ sheet, size, thumb, className }: { sheet: string; size: { width: number; height: number }; thumb: Thumb; className?: string | undefined }) {
  return (
    <svg className={className} viewBox={`${thumb.x} ${thumb.y} ${thumb.width} ${thumb.height}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
      <image href={sheet} width={size.width} height={size.height} />
    </svg>
  );
}
