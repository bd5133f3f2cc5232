import { ActionIcon, Badge, Group, Progress, Text, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useRef } from "react";
import { Link } from "react-router";
import type { Job } from "@/lib/api";
import { ago, clock } from "@/lib/format";
import classes from "./Tile.module.css";

const ENDED: readonly Job["status"][] = ["succeeded", "failed", "cancelled"];

/** A video at a glance: its poster, and itself while the pointer rests on it. */
export function Tile({ job, remove }: { job: Job; remove: () => void }) {
  const preview = useRef<HTMLVideoElement>(null);
  const ended = ENDED.includes(job.status);
  const play = () => void preview.current?.play().catch(() => undefined);
  const stop = () => {
    preview.current?.pause();
    if (preview.current) preview.current.currentTime = 0;
  };
  return (
    <li className={classes.tile} onPointerEnter={play} onPointerLeave={stop}>
      <Link to={`/jobs/${job.id}`} className={classes.link} aria-label={`${job.title}, ${job.status}`}>
        <div className={classes.picture}>
          {job.video?.url ? (
            <video ref={preview} className={classes.video} src={job.video.url} poster={job.poster_url ?? undefined} muted loop playsInline preload="none" aria-hidden tabIndex={-1} />
          ) : (
            <Text size="sm" lineClamp={4} className={classes.words ?? ""}>
              {job.prompt ?? job.scenes[0]?.prompt}
            </Text>
          )}
          {job.video && <span className={classes.length}>{clock(job.duration)}</span>}
          {!ended && <Progress value={job.progress * 100} animated size="sm" className={classes.progress ?? ""} aria-label={`Progress of ${job.title}`} />}
        </div>
        <Text fw={600} lineClamp={1}>
          {job.title}
        </Text>
      </Link>
      <Group justify="space-between" wrap="nowrap">
        <Group gap={6}>
          {job.status !== "succeeded" && (
            <Badge variant="light" color={job.status === "failed" ? "red" : "gray"} tt="none">
              {job.status}
            </Badge>
          )}
          <Text size="xs" c="dimmed">
            {ago(job.created_at, new Date())}
          </Text>
        </Group>
        {ended && (
          <Tooltip label="Delete">
            <ActionIcon variant="subtle" color="gray" aria-label={`Delete ${job.title}`} onClick={remove}>
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    </li>
  );
}
