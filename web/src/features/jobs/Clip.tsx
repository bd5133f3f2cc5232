import { useEffect, useRef } from "react";
import { useReducedMotion } from "@mantine/hooks";
import { useSteady } from "./links";
import { useRenewal } from "./queries";

const TRIES = 2;

interface Props {
  url: string;
  /** A picture, of a model that makes these. */
  still?: boolean;
  label: string;
  className?: string | undefined;
  /** It goes round; else it stands still. */
  playing?: boolean;
  /** Nothing of it is loaded before it plays: there is a picture in its place. */
  lazy?: boolean;
}

/** A silent clip that goes round. Who wants no motion sees its first picture. */
export function Clip({ url, still = false, label, className, playing = false, lazy = false }: Props) {
  const [src, renew] = useSteady(url, useRenewal());
  const tries = useRef(0);
  const calm = useReducedMotion();
  const screen = useRef<HTMLVideoElement>(null);
  const autoplay = playing && !calm;

  useEffect(() => {
    if (autoplay) void screen.current?.play().catch(() => undefined);
    else screen.current?.pause();
  }, [autoplay, src]);

  // What is gone for good isn't asked for without end.
  const lost = () => (tries.current += 1) <= TRIES && renew();
  const here = () => void (tries.current = 0);
  if (still) return <img src={src ?? undefined} alt={label} className={className} onLoad={here} onError={lost} />;
  return <video ref={screen} className={className} src={src ?? undefined} muted loop playsInline preload={lazy ? "none" : "metadata"} aria-label={label} onLoadedMetadata={here} onError={lost} />;
}
