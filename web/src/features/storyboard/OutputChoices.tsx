import { Text } from "@mantine/core";
import type { Model, Schemas } from "@/lib/api";
import { CaptionPicture } from "./CaptionPicture";
import { Choices } from "./Choices";
import { captionsOf, choiceOf, refusedFor, RESOLUTIONS, scaling, sizeOf, type CaptionChoice, type Output } from "./output";
import panel from "./Panel.module.css";

const CAPTIONS: Record<CaptionChoice, { label: string; says?: string }> = {
  off: { label: "Off" },
  sidecar: { label: "Beside", says: "Beside the video" },
  outline: { label: "Outlined", says: "Burned in, outlined" },
  boxed: { label: "Boxed", says: "Burned in, boxed" },
  large: { label: "Large", says: "Burned in, large" },
};
const KINDS = Object.keys(CAPTIONS) as CaptionChoice[];

interface Props {
  output: Output;
  ratio: Schemas["AspectRatio"];
  model: Model | undefined;
  /** Whether anything is said that captions could show; else what to do about it. */
  narration: true | string;
  /** Why the server didn't take it, where it didn't. */
  error: unknown;
  change: (to: Partial<Output>) => void;
}

/** How the video comes out: its size, and where the words go that are spoken. */
export function OutputChoices({ output, ratio, model, narration, error, change }: Props) {
  const { resolution } = output;
  const choice = choiceOf(output);
  const sizes = RESOLUTIONS.map((value) => ({ value, label: value, note: sizeOf(value, ratio).join(" × ") }));
  const captions = KINDS.map((value) => ({ value, ...CAPTIONS[value], picture: <CaptionPicture kind={value} /> }));
  return (
    <div className={panel.pair}>
      <Choices legend="Resolution" value={resolution} options={sizes} choose={(to) => change({ resolution: to })} columns={3} hint={scaling(resolution, model)} error={refusedFor(error, "resolution")} />
      {narration === true ? (
        <Choices legend="Captions" value={choice} options={captions} choose={(to) => change(captionsOf(to))} columns={5} hint={told(choice)} error={refusedFor(error, "captions", "caption_style")} />
      ) : (
        <div>
          <Text size="sm" fw={600} mb={8}>
            Captions
          </Text>
          <Text size="sm" c="dimmed">
            {narration}
          </Text>
        </div>
      )}
    </div>
  );
}

function told(choice: CaptionChoice): string {
  if (choice === "off") return "What is said is only heard.";
  return choice === "sidecar" ? "A track that viewers turn on, and files to go with it." : "Drawn into the picture: everybody sees them, always.";
}
