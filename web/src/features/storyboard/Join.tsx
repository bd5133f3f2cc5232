import { Select } from "@mantine/core";
import type { SceneDraft, Transition } from "./board";

const NAMES: Record<Transition, string> = {
  cut: "Cut",
  fade: "Fade",
  dissolve: "Dissolve",
  fade_black: "Through black",
  fade_white: "Through white",
  fade_gray: "Through grey",
  wipe_left: "Wipe left",
  wipe_right: "Wipe right",
  wipe_up: "Wipe up",
  wipe_down: "Wipe down",
  soft_wipe_left: "Soft wipe left",
  soft_wipe_right: "Soft wipe right",
  soft_wipe_up: "Soft wipe up",
  soft_wipe_down: "Soft wipe down",
  slide_left: "Slide left",
  slide_right: "Slide right",
  slide_up: "Slide up",
  slide_down: "Slide down",
  diagonal_up_left: "Diagonal, up left",
  diagonal_up_right: "Diagonal, up right",
  diagonal_down_left: "Diagonal, down left",
  diagonal_down_right: "Diagonal, down right",
  iris_open: "Iris opens",
  iris_close: "Iris closes",
  clock_wipe: "Clock",
  barn_doors_open: "Doors open",
  barn_doors_close: "Doors close",
  squeeze_horizontal: "Squeeze across",
  squeeze_vertical: "Squeeze down",
  mosaic: "Mosaic",
  blur: "Blur",
};

const OPTIONS = Object.entries(NAMES).map(([value, label]) => ({ value, label }));
const USUAL = 0.5;

/** How a scene takes over from the one before it. */
export function Join({ transition, change, number }: { transition: SceneDraft["transition"]; change: (transition: SceneDraft["transition"]) => void; number: number }) {
  const choose = (value: string | null) => {
    if (value === null) return;
    change({ type: value as Transition, duration: value === "cut" ? 0 : transition.duration || USUAL });
  };
  return <Select aria-label={`Transition into scene ${number}`} size="xs" variant="filled" w={140} data={OPTIONS} value={transition.type} onChange={choose} allowDeselect={false} maxDropdownHeight={280} />;
}
