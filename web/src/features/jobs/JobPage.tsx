import { Alert, Badge, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconWifiOff } from "@tabler/icons-react";
import { useState } from "react";
import { useParams } from "react-router";
import type { Job } from "@/lib/api";
import { clock, money } from "@/lib/format";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import { Actions } from "./Actions";
import { Failed } from "./Failed";
import classes from "./JobPage.module.css";
import { Making } from "./Making";
import { Player } from "./Player";
import { ENDED, useJob, useLine } from "./queries";
import { Scenes } from "./Scenes";

const COLORS: Record<Job["status"], string> = { queued: "gray", generating: "ember", composing: "ember", succeeded: "teal", failed: "red", cancelling: "gray", cancelled: "gray" };

/** One video, from the moment it was ordered: how it comes along, then the thing itself. */
export function Page() {
  const { id = "" } = useParams();
  const [live, setLive] = useState(true);
  const job = useJob(id, !live);
  const line = useLine(id, job.data);
  if (line !== live) setLive(line);
  useTitle(job.data?.title ?? "Video");

  if (job.error && !job.data) return <Notice error={job.error} retry={() => void job.refetch()} />;
  if (!job.data) return <Waiting />;
  return <Shown job={job.data} live={live} />;
}

function Shown({ job, live }: { job: Job; live: boolean }) {
  const [at, setAt] = useState(0);
  const [seek, setSeek] = useState<{ to: number } | null>(null);
  const running = !ENDED.includes(job.status);
  return (
    <div className={classes.page}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h2">
            {job.title}
          </Title>
          <Group gap="xs" mt={4}>
            <Badge color={COLORS[job.status]} variant="light" tt="none">
              {job.status}
            </Badge>
            <Text size="sm" c="dimmed" className="tabular">
              {clock(job.duration)} · {job.aspect_ratio} · {job.resolution} · {money(job.cost.micros)}
              {job.revision > 1 && ` · revision ${job.revision}`}
            </Text>
          </Group>
        </div>
        <Actions job={job} />
      </Group>
      {!live && (
        <Alert icon={<IconWifiOff size={16} />} color="gray" p="xs">
          The line is down; looking every few seconds instead. The video goes on without it.
        </Alert>
      )}
      {running && <Making job={job} />}
      {job.error && <Failed job={job} error={job.error} />}
      {job.video && <Player key={job.video.sha256} job={job} video={job.video} onTime={setAt} seek={seek} />}
      <Scenes job={job} at={job.video ? at : null} seek={(to) => setSeek({ to })} />
    </div>
  );
}

function Waiting() {
  return (
    <Stack className={classes.page ?? ""} aria-busy aria-label="Loading">
      <Skeleton h={36} w="40%" />
      <Skeleton h={320} radius="lg" />
    </Stack>
  );
}
