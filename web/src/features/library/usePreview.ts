import { useReducedMotion } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

const REST_MS = 120;

/** Whether somebody dwells on it: by mouse or by keyboard, and not where motion isn't wanted. A finger only passes. */
export function usePreview() {
  const still = useReducedMotion();
  const [previewing, setPreviewing] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const begin = () => {
    if (!still) timer.current = setTimeout(() => setPreviewing(true), REST_MS);
  };
  const end = () => {
    clearTimeout(timer.current);
    setPreviewing(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    previewing,
    watch: {
      onPointerEnter: (event: React.PointerEvent) => event.pointerType === "mouse" && begin(),
      onPointerLeave: end,
      onFocus: (event: React.FocusEvent) => event.currentTarget.matches(":focus-visible") && begin(),
      onBlur: end,
    },
  };
}
