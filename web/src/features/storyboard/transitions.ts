// The ways from one scene into the next: their names and their pictures, drawn in a box of 32 by 20.
import type { Transition } from "./board";

/** The picture: where the next scene is seen already. Strokes say which way it moves, where it does. */
export interface Picture {
  name: string;
  next: string;
  /** The same, half there. */
  half?: string;
  /** Laid over the middle. */
  veil?: "black" | "white" | "gray";
  arrow?: "left" | "right" | "up" | "down";
}

const LEFT = "M0 0h16v20H0z";
const RIGHT = "M16 0h16v20H16z";
const TOP = "M0 0h32v10H0z";
const BOTTOM = "M0 10h32v10H0z";
const FAR_RIGHT = "M21 0h11v20H21z";
const FAR_LEFT = "M0 0h11v20H0z";
const BLOCKS = "M8 0h8v5H8zM24 0h8v5h-8zM16 5h8v5h-8zM8 10h8v5H8zM24 10h8v5h-8zM16 15h8v5h-8z";
const GRAIN = "M10 2h3v3h-3zM17 1h3v3h-3zM24 3h3v3h-3zM13 7h3v3h-3zM20 7h3v3h-3zM27 8h3v3h-3zM10 12h3v3h-3zM16 12h3v3h-3zM23 13h3v3h-3zM13 16h3v3h-3zM20 17h3v3h-3zM28 15h3v3h-3z";

export const TRANSITIONS: Record<Transition, Picture> = {
  cut: { name: "Cut", next: "M17 0h15v20H17z" },
  fade: { name: "Fade", next: FAR_RIGHT, half: "M11 0h10v20H11z" },
  dissolve: { name: "Dissolve", next: GRAIN },
  fade_black: { name: "Through black", next: FAR_RIGHT, veil: "black" },
  fade_white: { name: "Through white", next: FAR_RIGHT, veil: "white" },
  fade_gray: { name: "Through grey", next: FAR_RIGHT, veil: "gray" },
  wipe_left: { name: "Wipe left", next: RIGHT, arrow: "left" },
  wipe_right: { name: "Wipe right", next: LEFT, arrow: "right" },
  wipe_up: { name: "Wipe up", next: BOTTOM, arrow: "up" },
  wipe_down: { name: "Wipe down", next: TOP, arrow: "down" },
  soft_wipe_left: { name: "Soft wipe left", next: FAR_RIGHT, half: "M11 0h10v20H11z", arrow: "left" },
  soft_wipe_right: { name: "Soft wipe right", next: FAR_LEFT, half: "M11 0h10v20H11z", arrow: "right" },
  soft_wipe_up: { name: "Soft wipe up", next: "M0 13h32v7H0z", half: "M0 7h32v6H0z", arrow: "up" },
  soft_wipe_down: { name: "Soft wipe down", next: "M0 0h32v7H0z", half: "M0 7h32v6H0z", arrow: "down" },
  slide_left: { name: "Slide left", next: "M18 2h14v16H18z", arrow: "left" },
  slide_right: { name: "Slide right", next: "M0 2h14v16H0z", arrow: "right" },
  slide_up: { name: "Slide up", next: "M3 11h26v9H3z", arrow: "up" },
  slide_down: { name: "Slide down", next: "M3 0h26v9H3z", arrow: "down" },
  diagonal_up_left: { name: "Diagonal, up left", next: "M32 0v20H0z" },
  diagonal_up_right: { name: "Diagonal, up right", next: "M0 0v20h32z" },
  diagonal_down_left: { name: "Diagonal, down left", next: "M0 0h32v20z" },
  diagonal_down_right: { name: "Diagonal, down right", next: "M0 0h32L0 20z" },
  iris_open: { name: "Iris opens", next: "M16 3a7 7 0 1 0 .01 0z" },
  iris_close: { name: "Iris closes", next: "M0 0h32v20H0zM16 3a7 7 0 1 1-.01 0z" },
  clock_wipe: { name: "Clock", next: "M16 10V0h16v20H16z" },
  barn_doors_open: { name: "Doors open", next: "M10 0h12v20H10z" },
  barn_doors_close: { name: "Doors close", next: "M0 0h10v20H0zM22 0h10v20H22z" },
  squeeze_horizontal: { name: "Squeeze across", next: "M0 0h12v20H0zM20 0h12v20H20z" },
  squeeze_vertical: { name: "Squeeze down", next: "M0 0h32v7H0zM0 13h32v7H0z" },
  mosaic: { name: "Mosaic", next: BLOCKS },
  blur: { name: "Blur", next: "M16 5.500a4.500 4.500 0 1 0 .01 0z", half: "M16 1a9 9 0 1 0 .01 0z" },
};

export const KINDS = Object.keys(TRANSITIONS) as Transition[];

/** Seconds of a transition that nobody has said a length for. */
export const USUAL = 0.5;
