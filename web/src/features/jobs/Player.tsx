import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import { IconBadgeCc, IconBadgeCcFilled, IconMaximize, IconPlayerPauseFilled, IconPlayerPlayFilled, IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, type Job, type Schemas } from "@/lib/api";
import { clock } from "@/lib/format";
import { startsOf } from "./chapters";
import classes from "./Player.module.css";
import { Scrubber } from "./Scrubber";
import { thumbsOf } from "./sprites";

interface Props {
  job: Job;
  video: Schemas["VideoView"];
  onTime: (seconds: number) => void;
  /** A wish to go somewhere; a new object is a new wish. */
  seek: { to: number } | null;
}

const STEP = 5;

/** The video, with its chapters and thumbnails on the scrub bar. Expired links are asked for anew, and it goes on where it was. */
export function Player({ job, video, onTime, seek }: Props) {
  const screen = useRef<HTMLVideoElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const cache = useQueryClient();
  const [playing, setPlaying] = useState(false);
  const [muted, setMuted] = useState(false);
  const [captions, setCaptions] = useState(false);
  const [time, setTime] = useState(0);
  const [url, setUrl] = useState(video.url);
  const [renewals, setRenewals] = useState(0);
  const sheet = video.files.find((file) => file.kind === "sprites")?.url ?? null;
  const thumbs = useText(video.files.find((file) => file.kind === "sprites_vtt")?.url ?? null, video.sha256);
  const words = useText(job.captions_url, `${video.sha256}.words`);
  const track = useBlob(words);

  const goTo = (to: number) => {
    if (screen.current) screen.current.currentTime = Math.max(0, Math.min(video.duration, to));
  };
  const toggle = () => {
    const element = screen.current;
    if (element) void (element.paused ? element.play() : element.pause());
  };

  useEffect(() => {
    if (seek && screen.current) {
      screen.current.currentTime = seek.to;
      void screen.current.play();
      frame.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
  }, [seek]);

  const toggleCaptions = () => {
    showCaptions(screen.current, !captions);
    setCaptions(!captions);
  };

  // The link may have expired: ask for a new one, and go on at the same place.
  const renew = async () => {
    if (renewals >= 3) return;
    setRenewals(renewals + 1);
    const asked = api.queryOptions("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: job.id } } });
    const fresh = await cache.fetchQuery({ ...asked, staleTime: 0 });
    const at = screen.current?.currentTime ?? 0;
    if (fresh.video?.url) {
      setUrl(fresh.video.url);
      requestAnimationFrame(() => goTo(at));
    }
  };

  const keys: Record<string, () => void> = {
    " ": toggle,
    k: toggle,
    ArrowLeft: () => goTo(time - STEP),
    ArrowRight: () => goTo(time + STEP),
    Home: () => goTo(0),
    End: () => goTo(video.duration),
    m: () => setMuted(!muted),
    c: toggleCaptions,
    f: () => void frame.current?.requestFullscreen(),
  };

  return (
    // The keys are the player's own; each has a button beside it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={frame}
      className={classes.player}
      onKeyDown={(event) => {
        const act = keys[event.key];
        const inControl = event.target instanceof HTMLElement && event.target.closest("button, [role=slider]");
        if (!act || event.ctrlKey || event.metaKey || event.altKey || (inControl && (event.key === " " || event.key.startsWith("Arrow")))) return;
        event.preventDefault();
        act();
      }}
    >
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- there is a track wherever there is a voice */}
      <video
        ref={screen}
        className={classes.screen}
        src={url ?? undefined}
        poster={job.poster_url ?? undefined}
        width={video.width}
        height={video.height}
        muted={muted}
        playsInline
        preload="metadata"
        tabIndex={0}
        aria-label={job.title}
        onClick={toggle}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => {
          setTime(event.currentTarget.currentTime);
          onTime(event.currentTarget.currentTime);
        }}
        onError={() => void renew()}
      >
        {track && <track kind="captions" src={track} srcLang={job.storyboard?.language?.slice(0, 2) ?? "en"} label="Captions" />}
      </video>
      <div className={classes.controls}>
        <Scrubber duration={video.duration} time={time} goTo={goTo} chapters={startsOf(job.scenes)} titles={job.scenes.map((scene) => scene.prompt ?? "")} sheet={sheet} thumbs={thumbs ? thumbsOf(thumbs) : []} />
        <Group gap={4} wrap="nowrap">
          <Control name={playing ? "Pause" : "Play"} press={toggle}>
            {playing ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
          </Control>
          <Control name={muted ? "Sound on" : "Sound off"} press={() => setMuted(!muted)}>
            {muted ? <IconVolumeOff size={18} /> : <IconVolume size={18} />}
          </Control>
          <Text size="sm" className="tabular">
            {clock(time)} / {clock(video.duration)}
          </Text>
          <span className={classes.space} />
          {track && (
            <Control name={captions ? "Without captions" : "Captions"} press={toggleCaptions}>
              {captions ? <IconBadgeCcFilled size={18} /> : <IconBadgeCc size={18} />}
            </Control>
          )}
          <Control name="Full screen" press={() => void frame.current?.requestFullscreen()}>
            <IconMaximize size={18} />
          </Control>
        </Group>
      </div>
    </div>
  );
}

function Control({ name, press, children }: { name: string; press: () => void; children: React.ReactNode }) {
  return (
    <Tooltip label={name}>
      <ActionIcon variant="transparent" className={classes.control ?? ""} aria-label={name} onClick={press}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function showCaptions(element: HTMLVideoElement | null, shown: boolean): void {
  const track = element?.textTracks[0];
  if (track) track.mode = shown ? "showing" : "hidden";
}

/** The text behind a signed link; the link changes, what it leads to doesn't. */
function useText(url: string | null, key: string): string | null {
  const { data } = useQuery({
    queryKey: ["text", key],
    enabled: url !== null,
    staleTime: Infinity,
    gcTime: Infinity,
    queryFn: async ({ signal }) => {
      const response = await fetch(url as string, { signal });
      return response.ok ? response.text() : null;
    },
  });
  return data ?? null;
}

/** A track from another origin would need the whole video to be asked for in another way; a blob is our own, a few kB until the tab is closed. */
function useBlob(text: string | null): string | null {
  return useMemo(() => (text === null ? null : URL.createObjectURL(new Blob([text], { type: "text/vtt" }))), [text]);
}
