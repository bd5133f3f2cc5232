import type { Sheet, Thumb } from "./sprites";

/** One thumbnail out of the sheet, as large as its place, cut where that has another shape. */
export function Sprite({ sheet, thumb, className }: { sheet: Sheet; thumb: Thumb; className?: string | undefined }) {
  return (
    <svg className={className} viewBox={`${thumb.x} ${thumb.y} ${thumb.width} ${thumb.height}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
      <image href={sheet.url} width={sheet.width} height={sheet.height} />
    </svg>
  );
}
