/** A thumbnail: where it stands in the sheet, and the time that it shows. */
export interface Thumb {
  from: number;
  to: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** All thumbnails of a video, in one picture. */
export interface Sheet {
  url: string;
  width: number;
  height: number;
  thumbs: readonly Thumb[];
}

/** The sheet behind an address, as its WebVTT describes it; as large as its thumbnails reach. */
export function sheetOf(url: string, vtt: string): Sheet | null {
  const thumbs = thumbsOf(vtt);
  if (thumbs.length === 0) return null;
  return { url, thumbs, width: Math.max(...thumbs.map(({ x, width }) => x + width)), height: Math.max(...thumbs.map(({ y, height }) => y + height)) };
}

/** Read a WebVTT file whose cues point into a sprite sheet (`sheet.jpg#xywh=160,0,160,90`). */
export function thumbsOf(vtt: string): Thumb[] {
  const cues = vtt.matchAll(/([\d:.]+) --> ([\d:.]+)[^\n]*\n[^\n]*#xywh=(\d+),(\d+),(\d+),(\d+)/g);
  return [...cues].map(([, from = "", to = "", x, y, width, height]) => ({ from: secondsOf(from), to: secondsOf(to), x: Number(x), y: Number(y), width: Number(width), height: Number(height) }));
}

function secondsOf(stamp: string): number {
  return stamp.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

export function thumbAt(thumbs: readonly Thumb[], time: number): Thumb | undefined {
  return thumbs.find(({ from, to }) => time >= from && time < to) ?? thumbs.at(-1);
}

/** So many thumbnails as fit, spread evenly over a stretch of the programme. */
export function thumbsOver(thumbs: readonly Thumb[], from: number, to: number): Thumb[] {
  if (thumbs.length === 0) return [];
  const count = Math.max(1, thumbs.filter((thumb) => (thumb.from + thumb.to) / 2 >= from && (thumb.from + thumb.to) / 2 < to).length);
  const step = (to - from) / count;
  return Array.from({ length: count }, (_, n) => thumbAt(thumbs, from + (n + 0.5) * step)).filter((thumb) => thumb !== undefined);
}
