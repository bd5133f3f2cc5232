import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Job } from "@/lib/api";
import { ago, clock } from "@/lib/format";
import { hasEnded, STATUS_WORDS } from "@/lib/status";
import { Picture } from "./Picture";
import { usePreview } from "./usePreview";
import { useFresh } from "./queries";
import classes from "./Tile.module.css";

interface Props {
  job: Job;
  remove: (job: Job) => void;
  onEnd: (job: Job) => void;
}

/** A video at a glance: its poster, and itself while the pointer or the focus rests on it. */
export function Tile({ job: listed, remove, onEnd }: Props) {
  const job = useFresh(listed, onEnd);
  const { previewing, watch } = usePreview();
  const ended = hasEnded(job);
  return (
    <li className={classes.tile} id={`tile-${job.id}`}>
      <Link to={`/jobs/${job.id}`} className={classes.link} aria-label={`${job.title}, ${STATUS_WORDS[job.status].toLowerCase()}, ${clock(job.duration)}`} {...watch}>
        <Picture job={job} previewing={previewing} />
        <Text component="h2" className={classes.title} lineClamp={1}>
          {job.title}
        </Text>
      </Link>
      <div className={classes.foot}>
        <Text size="xs" c="dimmed" lineClamp={1} className="tabular">
          {ended ? <Ended job={job} /> : `${Math.round(job.progress * 100)} %, ${job.stage}`}
        </Text>
        {ended && (
          <Tooltip label="Delete" openDelay={400} withinPortal={false}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Delete ${job.title}`} onClick={() => remove(job)} className={classes.delete ?? ""}>
              <IconTrash size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </li>
  );
}

function Ended({ job }: { job: Job }) {
  const made = new Date(job.created_at);
  return (
    <>
      <time dateTime={job.created_at} title={made.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}>
        {ago(job.created_at, new Date())}
      </time>
      {job.error && ` · ${job.error.scene === null ? job.error.message : `scene ${job.error.scene} could not be made`}`}
    </>
  );
}
