import { useEffect, useState, type RefObject } from "react";

/** What a video element is doing. */
export interface Playback {
  playing: boolean;
  /** It wants to go on, and waits for bytes. */
  busy: boolean;
  /** Nothing has been played yet: the poster is in sight. */
  fresh: boolean;
  time: number;
}

const LOOK_MS = 66;

/** Follows a video element; the time moves as often as an eye sees it. */
export function usePlayback(screen: RefObject<HTMLVideoElement | null>): Playback {
  const [playing, setPlaying] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fresh, setFresh] = useState(true);
  const [time, setTime] = useState(0);

  useEffect(() => {
    const element = screen.current;
    if (!element) return;
    const told: Record<string, () => void> = {
      play: () => (setPlaying(true), setFresh(false)),
      playing: () => setBusy(false),
      pause: () => setPlaying(false),
      waiting: () => setBusy(true),
      canplay: () => setBusy(false),
      error: () => setBusy(false),
      seeking: () => setTime(element.currentTime),
      seeked: () => setTime(element.currentTime),
      timeupdate: () => setTime(element.currentTime),
    };
    const gone = new AbortController();
    for (const [name, listener] of Object.entries(told)) element.addEventListener(name, listener, { signal: gone.signal });
    return () => gone.abort();
  }, [screen]);

  useEffect(() => {
    if (!playing) return;
    let frame = 0;
    let before = 0;
    const look = (now: number) => {
      if (now - before >= LOOK_MS && screen.current) {
        before = now;
        setTime(screen.current.currentTime);
      }
      frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [screen, playing]);

  return { playing, busy, fresh, time };
}
