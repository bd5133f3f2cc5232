import { useEffect, useRef } from "react";
import { useReducedMotion } from "@mantine/hooks";
import { useSteady } from "./links";

interface Props {
  url: string;
  /** A picture, of a model that makes these. */
  still?: boolean;
  label: string;
  className?: string | undefined;
  /** It plays by itself; else under the pointer only. */
  playing?: boolean;
}

/** A silent clip that goes round. Who wants no motion sees its first picture. */
export function Clip({ url, still = false, label, className, playing = false }: Props) {
  const [src, renew] = useSteady(url);
  const calm = useReducedMotion();
  const screen = useRef<HTMLVideoElement>(null);
  const play = () => void screen.current?.play().catch(() => undefined);
  const autoplay = playing && !calm;

  useEffect(() => {
    if (autoplay) play();
    else screen.current?.pause();
  }, [autoplay, src]);

  if (still) return <img src={src ?? undefined} alt={label} className={className} onError={renew} />;
  return <video ref={screen} className={className} src={src ?? undefined} muted loop playsInline preload="metadata" aria-label={label} onPointerEnter={calm ? undefined : play} onPointerLeave={() => !autoplay && screen.current?.pause()} onError={renew} />;
}
