import { IconAlertTriangle, IconBan, IconCheck, IconLoader2 } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { Job } from "@/lib/api";
import { clock } from "@/lib/format";
import { hasEnded, STATUS_WORDS } from "@/lib/status";
import { promptsOf } from "./matches";
import { useRenewal } from "./queries";
import classes from "./Picture.module.css";

/** What there is to see: the poster, else the first clip that has come, else the words that it is made of. */
export function Picture({ job, previewing }: { job: Job; previewing: boolean }) {
  const clip = job.scenes.find((scene) => scene.clip_url !== null)?.clip_url ?? null;
  const moving = job.video?.url ?? clip;
  const upright = job.aspect_ratio !== "16:9";
  return (
    <div className={classes.picture}>
      {job.poster_url ? <Poster key={job.poster_url} url={job.poster_url} upright={upright} /> : clip ? <video className={classes.still} data-upright={upright} src={`${clip}#t=0.1`} preload="metadata" muted playsInline aria-hidden tabIndex={-1} /> : <Slate job={job} />}
      {previewing && moving && <Preview key={moving} url={moving} upright={upright} />}
      {job.status !== "succeeded" && <Sign status={job.status} />}
      {job.video && <span className={classes.length}>{clock(job.duration)}</span>}
      {!hasEnded(job) && (
        <span className={classes.rail} aria-hidden>
          <span className={classes.done} style={{ transform: `scaleX(${job.progress})` }} />
        </span>
      )}
    </div>
  );
}

function Poster({ url, upright }: { url: string; upright: boolean }) {
  const renew = useRenewal();
  const [gone, setGone] = useState(false);
  if (gone) return null;
  const lost = () => {
    setGone(true);
    renew();
  };
  return (
    <>
      {upright && <img className={classes.halo} src={url} alt="" loading="lazy" decoding="async" />}
      <img className={classes.still} data-upright={upright} src={url} alt="" width={640} height={360} loading="lazy" decoding="async" onError={lost} />
    </>
  );
}

/** Where there is no picture: the first words, like the slate before a take. */
function Slate({ job }: { job: Job }) {
  return (
    <span className={classes.slate} aria-hidden>
      <span className={classes.words}>{promptsOf(job)[0] ?? job.prompt}</span>
    </span>
  );
}

const SIGNS = { queued: IconLoader2, generating: IconLoader2, composing: IconLoader2, cancelling: IconBan, succeeded: IconCheck, failed: IconAlertTriangle, cancelled: IconBan };

function Sign({ status }: { status: Job["status"] }) {
  const Icon = SIGNS[status];
  return (
    <span className={classes.sign} data-status={status}>
      <Icon size={13} aria-hidden />
      {STATUS_WORDS[status]}
    </span>
  );
}

/** Comes into sight once it runs, so that the poster never gives way to nothing. */
function Preview({ url, upright }: { url: string; upright: boolean }) {
  const renew = useRenewal();
  const [runs, setRuns] = useState(false);
  const played = useRef<HTMLSpanElement>(null);
  const follow = ({ currentTarget: { currentTime, duration } }: React.SyntheticEvent<HTMLVideoElement>) => {
    played.current?.style.setProperty("transform", `scaleX(${duration > 0 ? currentTime / duration : 0})`);
  };
  return (
    <>
      <video className={classes.preview} data-runs={runs} data-upright={upright} src={url} autoPlay muted loop playsInline aria-hidden tabIndex={-1} onPlaying={() => setRuns(true)} onTimeUpdate={follow} onError={renew} />
      <span className={classes.rail} data-runs={runs} aria-hidden>
        <span ref={played} className={classes.done} />
      </span>
    </>
  );
}
