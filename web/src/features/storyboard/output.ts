// How the finished video comes out: its size, and where the narration's words go.
import type { Model, Schemas } from "@/lib/api";
import { asProblem } from "@/lib/problems";
import type { Board } from "./board";

export type Resolution = Schemas["Resolution"];
/** Where the words go; those that lie in the picture have a look besides, and go by that. */
export type CaptionChoice = Exclude<Schemas["Captions"], "burned"> | Schemas["CaptionStyle"];

export interface Output {
  resolution: Resolution;
  captions: Schemas["Captions"];
  caption_style: Schemas["CaptionStyle"];
}

const LINES: Record<Resolution, number> = { "480p": 480, "720p": 720, "1080p": 1080 };
export const RESOLUTIONS = Object.keys(LINES) as Resolution[];

/** What the server takes where nothing is said. */
const USUAL: Output = { resolution: "720p", captions: "sidecar", caption_style: "outline" };

/** Of a brief or of a storyboard. */
export function outputOf({ resolution, captions, caption_style }: Partial<Output>): Output {
  return { resolution: resolution ?? USUAL.resolution, captions: captions ?? USUAL.captions, caption_style: caption_style ?? USUAL.caption_style };
}

/** Pixels of the finished picture: the shorter side is the resolution, the longer one even. */
export function sizeOf(resolution: Resolution, ratio: Schemas["AspectRatio"]): [width: number, height: number] {
  const [across, down] = ratio.split(":").map(Number) as [number, number];
  const short = LINES[resolution];
  const long = 2 * Math.round((short * Math.max(across, down)) / Math.min(across, down) / 2);
  return across > down ? [long, short] : [short, long];
}

/** What is to be known of a resolution that the model doesn't film: its clips are made larger or smaller. */
export function scaling(resolution: Resolution, model: Model | undefined): string | undefined {
  if (model?.kind !== "video" || model.resolutions.length === 0 || model.resolutions.includes(resolution)) return undefined;
  const filmed = [...model.resolutions].sort((a, b) => LINES[a] - LINES[b]);
  const within = filmed.findLast((each) => LINES[each] < LINES[resolution]);
  return within ? `${model.title} films in ${within}; the picture is enlarged from it.` : `${model.title} films in ${filmed[0]}; the picture is made smaller.`;
}

export function choiceOf({ captions, caption_style }: Output): CaptionChoice {
  return captions === "burned" ? caption_style : captions;
}

/** The look is kept while there are none in the picture: who turns them on again finds it. */
export function captionsOf(choice: CaptionChoice): Partial<Output> {
  return choice === "off" || choice === "sidecar" ? { captions: choice } : { captions: "burned", caption_style: choice };
}

export function narrated({ scenes }: Board): boolean {
  return scenes.some(({ narration }) => narration.trim() !== "");
}

/** What a new plan is asked for: what was changed on the storyboard itself is true there, and goes on. */
export function wishOf(brief: Schemas["BriefRequest"], board: Board | undefined): Schemas["BriefRequest"] {
  if (board === undefined) return brief;
  const { rest } = board;
  return { ...brief, ...outputOf(rest), model: rest.model ?? null, aspect_ratio: rest.aspect_ratio ?? "16:9", music: Boolean(rest.music) };
}

/** What the server has against one of these, to be said where it is chosen. */
export function refusedFor(error: unknown, ...fields: (keyof Output)[]): string | null {
  if (!error) return null;
  const { status, field, message } = asProblem(error);
  return status === 422 && fields.some((name) => field?.split(".").at(-1) === name) ? message : null;
}
