import { ActionIcon, Button, Loader, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Job, Schemas } from "@/lib/api";
import { chapterAfter, chapterAt, chapterBefore, chaptersOf } from "./chapters";
import { Controls } from "./Controls";
import { Filmstrip } from "./Filmstrip";
import { useFilm, useSheet, useText, useTrack } from "./film";
import { deedOf, type Deeds } from "./keys";
import { KeysHelp } from "./KeysHelp";
import { usePlayback } from "./playback";
import classes from "./Player.module.css";
import { loadPreferences, savePreferences, SPEEDS, type Preferences } from "./preferences";
import { Scrubber } from "./Scrubber";

interface Props {
  job: Job;
  video: Schemas["VideoView"];
  /** It isn't the latest revision. */
  earlier: boolean;
  /** The scene that is seen now. */
  onScene: (number: number) => void;
  /** A wish to see a scene; a new object is a new wish. */
  wish: { scene: number } | null;
}

/** The video, with its chapters and thumbnails on the scrub bar, and the scenes under it. */
export function Player({ job, video, earlier, onScene, wish }: Props) {
  const screen = useRef<HTMLVideoElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [liked, setLiked] = useState(loadPreferences);
  const [helping, help] = useDisclosure(false);
  const film = useFilm(job, earlier, screen);
  const { playing, busy, fresh, time } = usePlayback(screen);
  const chapters = useMemo(() => chaptersOf(job.scenes), [job.scenes]);
  const sheet = useSheet(video);
  const track = useTrack(useText(job.captions_url, `${video.sha256}.captions`));
  const now = chapters[chapterAt(chapters, time)]?.number ?? 1;

  const goTo = (to: number) => {
    if (screen.current) screen.current.currentTime = Math.max(0, Math.min(video.duration, to));
  };
  const play = () => void screen.current?.play().catch(() => undefined);
  const change = (to: Partial<Preferences>) => {
    const next = { ...liked, ...to };
    setLiked(next);
    savePreferences(next);
  };
  const place = () => screen.current?.currentTime ?? time;
  const deeds: Deeds = {
    toggle: () => (screen.current?.paused ? play() : screen.current?.pause()),
    move: (by) => goTo(place() + by),
    share: (of) => goTo(of * video.duration),
    chapter: (by) => goTo(by > 0 ? chapterAfter(chapters, place(), video.duration) : chapterBefore(chapters, place())),
    frame: (by) => goTo(place() + by / video.rate),
    volume: (by) => change({ volume: Math.max(0, Math.min(1, Math.round((liked.volume + by) * 10) / 10)), muted: false }),
    mute: () => change({ muted: !liked.muted }),
    captions: () => change({ captions: !liked.captions }),
    fullscreen: () => void (document.fullscreenElement ? document.exitFullscreen() : frame.current?.requestFullscreen()),
    speed: (by) => change({ speed: SPEEDS[SPEEDS.indexOf(liked.speed as (typeof SPEEDS)[number]) + by] ?? liked.speed }),
    help: help.open,
  };

  // The large button goes with the first picture: the keys go on with the video.
  const begin = () => {
    screen.current?.focus({ preventScroll: true });
    play();
  };

  useEffect(() => onScene(now), [onScene, now]);

  useEffect(() => {
    const chapter = wish && chapters.find(({ number }) => number === wish.scene);
    if (!chapter || !screen.current) return;
    screen.current.currentTime = chapter.from;
    void screen.current.play().catch(() => undefined);
    frame.current?.scrollIntoView({ block: "nearest" });
    // A wish is granted once, whatever else changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wish]);

  useEffect(() => {
    const element = screen.current;
    if (!element) return;
    element.volume = liked.volume;
    element.playbackRate = liked.speed;
    element.defaultPlaybackRate = liked.speed;
    const words = element.textTracks[0];
    if (words) words.mode = liked.captions ? "showing" : "hidden";
  }, [liked, track]);

  return (
    // The keys are the player's own; each has a button beside it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={frame}
      className={classes.player}
      onKeyDown={(event) => {
        const inside = event.target instanceof HTMLElement ? event.target.closest("button, [role=slider], [role=menu], [role=dialog]") : null;
        const deed = deedOf(event);
        if (!deed || (inside && !mayPass(inside, event.key))) return;
        event.preventDefault();
        deed(deeds);
      }}
    >
      <div className={classes.stage}>
        {/* eslint-disable-next-line jsx-a11y/media-has-caption -- there is a track wherever there is a voice */}
        <video ref={screen} className={classes.screen} src={film.url ?? undefined} poster={job.poster_url ?? undefined} width={video.width} height={video.height} muted={liked.muted} playsInline preload="metadata" tabIndex={0} aria-label={job.title} onClick={deeds.toggle}>
          {track && <track kind="captions" src={track} srcLang={job.storyboard?.language?.slice(0, 2) ?? "en"} label="Captions" />}
        </video>
        {busy && !film.broken && <Loader className={classes.middle ?? ""} color="white" aria-label="Loading" />}
        {fresh && !film.broken && (
          <ActionIcon className={`${classes.middle} ${classes.begin}`} size={72} radius={36} aria-label="Play the video" onClick={begin}>
            <IconPlayerPlayFilled size={30} />
          </ActionIcon>
        )}
        {film.broken && (
          <div className={classes.broken} role="alert">
            <Text>{film.broken}</Text>
            <Button size="xs" variant="white" color="dark" onClick={film.again}>
              Try again
            </Button>
          </div>
        )}
      </div>
      <div className={classes.controls}>
        <Scrubber duration={video.duration} time={time} goTo={goTo} chapters={chapters} sheet={sheet} />
        <Controls deeds={deeds} playing={playing} time={time} duration={video.duration} chapter={chapters[chapterAt(chapters, time)]} liked={liked} change={change} captioned={track !== null} />
      </div>
      <div className={classes.scenes}>
        <Filmstrip duration={video.duration} time={time} chapters={chapters} sheet={sheet} goTo={goTo} />
      </div>
      <KeysHelp opened={helping} close={help.close} />
    </div>
  );
}

/** Keys that a control inside needs for itself stay with it. */
function mayPass(control: Element, key: string): boolean {
  if (control.matches("[role=menu], [role=dialog]")) return false;
  if (control.matches("[role=slider]")) return key.length === 1 && !/[0-9]/.test(key);
  return key !== " " && key !== "Enter";
}
