import type { Edit } from "./board";

/** Does an edit; says so to those who don't see it, and leads the keyboard on to an element by its id. */
export type Act = (edit: Edit, said?: string, focus?: string) => void;
