import { Button, Loader, Text } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { IconEye } from "@tabler/icons-react";
import { useState } from "react";
import type { Job } from "@/lib/api";
import { clock } from "@/lib/format";
import { wordsFor } from "@/lib/problems";
import { Clip } from "./Clip";
import classes from "./Making.module.css";
import { usePreview, type Line } from "./queries";
import { leftInWords, timeLeft } from "./timeLeft";
import { stageWords } from "./words";

/** The screen before there is a video: what has been filmed so far, how far it is, and how long it may still take. */
export function Making({ job, line }: { job: Job; line: Line }) {
  const preview = usePreview(job.id);
  const clips = job.scenes.filter(({ clip_url, placeholder }) => clip_url !== null && !placeholder);
  const latest = clips.at(-1);
  const still = latest !== undefined && !latest.takes.some(({ in_use, kind }) => in_use && kind === "video");
  const first = job.scenes[0]?.prompt ?? job.prompt ?? job.title;
  return (
    <section className={classes.screen} style={{ aspectRatio: job.aspect_ratio.replace(":", " / ") }} aria-label="In the making">
      {preview.data ? (
        <video className={classes.film} src={preview.data.url} controls autoPlay muted loop playsInline aria-label="So far" />
      ) : latest?.clip_url ? (
        <Clip key={latest.number} url={latest.clip_url} still={still} label={`Just filmed: scene ${latest.number}`} className={classes.film} playing />
      ) : (
        <p className={classes.words}>{first}</p>
      )}
      <div className={classes.foot} data-over={preview.data ? true : undefined}>
        <div className={classes.line}>
          <div>
            <Text fw={650} size="lg" role="status">
              {stageWords(job)}
            </Text>
            <Clock job={job} line={line} />
          </div>
          {clips.length > 0 && job.status === "generating" && (
            <Button variant="white" color="dark" size="xs" radius="xl" leftSection={preview.isPending ? <Loader size={12} color="dark" /> : <IconEye size={14} aria-hidden />} disabled={preview.isPending} onClick={() => preview.mutate()}>
              {preview.data ? "Look again" : "Watch it so far"}
            </Button>
          )}
        </div>
        {preview.error && (
          <Text size="xs" role="alert">
            {wordsFor(preview.error).text}
          </Text>
        )}
        <div className={classes.rail} role="progressbar" aria-label="Progress" aria-valuenow={Math.round(job.progress * 100)} aria-valuemin={0} aria-valuemax={100}>
          <span className={classes.part} style={{ width: `${Math.max(2, job.progress * 100)}%` }} />
        </div>
      </div>
    </section>
  );
}

/** Ticks by itself, so that the rest needn't. */
function Clock({ job, line }: { job: Job; line: Line }) {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const elapsed = Math.max(0, (now - new Date(job.started_at ?? job.created_at).getTime()) / 1000);
  const left = job.status === "cancelling" ? null : leftInWords(timeLeft({ elapsed, progress: job.progress }));
  return (
    <Text size="sm" className={`tabular ${classes.soft}`}>
      {line === "down" ? "The line is down; looking every few seconds. The video goes on without it." : [clock(elapsed), left].filter(Boolean).join(" · ")}
    </Text>
  );
}
