// Four signs, drawn here: the icon set's code would be more than they are.
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

export const Play = () => (
  <Icon>
    <path d="M7 5v14l12-7z" fill="currentColor" />
  </Icon>
);

export const Pause = () => (
  <Icon>
    <path d="M8 5v14M16 5v14" strokeWidth="4" />
  </Icon>
);

const SPEAKER = "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500z";

export const Sound = () => (
  <Icon>
    <path d={SPEAKER} fill="currentColor" />
    <path d="M15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11" />
  </Icon>
);

export const Still = () => (
  <Icon>
    <path d={SPEAKER} fill="currentColor" />
    <path d="m16 10 4 4M20 10l-4 4" />
  </Icon>
);
