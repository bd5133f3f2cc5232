/** A thumbnail: where it stands in the sheet, and the time that it shows. */
export interface Thumb {
  from: number;
  to: number;
  x: number;
  y: number;
  width: number;
  height: number;
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
