import { useEffect, useEffectEvent, useRef } from "react";

/** Calls when its element comes near the window, and again for each further `round` that leaves it there. */
export function useNear<T extends Element>(call: () => void, round: unknown) {
  const element = useRef<T>(null);
  const near = useEffectEvent(call);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver((entries) => entries.at(-1)?.isIntersecting && near(), { rootMargin: "600px" });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [round]);
  return element;
}
