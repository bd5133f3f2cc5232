import { useEffect, useRef, useState } from "react";
import { money, seconds } from "@/lib/format";
import { Pause, Play, Sound, Still } from "./icons";
import { PRICE_MICROS, PROMPT, SCENES, shown } from "./sample";
import classes from "./Sample.module.css";

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** From words to film: what was written, the film that became of it, and its scenes as they pass. */
export function Sample() {
  const video = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState(false);
  const [muted, setMuted] = useState(true);
  const [time, setTime] = useState(0);

  useEffect(() => {
    // Where a browser plays nothing by itself, the poster stays, with its button.
    if (!calm()) void video.current?.play().catch(() => undefined);
  }, []);

  useEffect(() => {
    if (!playing) return undefined;
    let frame = requestAnimationFrame(function step() {
      setTime(video.current?.currentTime ?? 0);
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing]);

  const toggle = () => void (playing ? video.current?.pause() : video.current?.play());
  const goTo = (from: number) => {
    if (video.current) video.current.currentTime = from;
    setTime(from);
  };

  return (
    <figure className={classes.sample}>
      <figcaption className={classes.words}>
        <span className={classes.label}>You write</span>
        <q>{PROMPT}</q>
      </figcaption>
      <div className={classes.screen}>
        <video ref={video} src="/sample.mp4" poster="/sample.jpg" width={1280} height={720} muted={muted} loop playsInline preload="metadata" aria-label={`A sample without speech: ${PROMPT.toLowerCase()}`} onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)}>
          <track kind="captions" src="/sample.vtt" srcLang="en" label="English" />
        </video>
        <div className={classes.controls}>
          <button type="button" aria-label={playing ? "Pause the sample" : "Play the sample"} onClick={toggle}>
            {playing ? <Pause /> : <Play />}
          </button>
          <button type="button" aria-label={muted ? "Turn its sound on" : "Turn its sound off"} onClick={() => setMuted(!muted)}>
            {muted ? <Still /> : <Sound />}
          </button>
        </div>
      </div>
      <ol className={classes.scenes} aria-label="Its scenes">
        {SCENES.map((scene, at) => (
          <li key={scene.from} style={{ flexGrow: scene.to - scene.from }}>
            <button type="button" onClick={() => goTo(scene.from)} aria-label={`Scene ${at + 1}: ${scene.words}`} aria-current={time >= scene.from && time < scene.to ? "step" : undefined}>
              <span className={classes.passed}>
                <span style={{ transform: `scaleX(${shown(scene, time)})` }} />
              </span>
              <span className={classes.name}>{scene.words}</span>
              <span className={classes.length}>{seconds(scene.to - scene.from)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className={classes.made}>
        Made by OmniGen, pictures and music, start to end. Its price, told before: <strong>{money(PRICE_MICROS)} at most</strong>.
      </p>
    </figure>
  );
}
