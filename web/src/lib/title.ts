import { useEffect } from "react";

/** The tab's title, which is what a screen reader says first after a change of page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "OmniGen" : `${title} · OmniGen`;
  }, [title]);
}
