import { Door } from "./Door";
import { Frame } from "./Frame";

/** Everything behind the sign-in. */
export function Inside() {
  return (
    <Door>
      <Frame />
    </Door>
  );
}
