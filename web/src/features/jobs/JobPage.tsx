import { Alert, Badge, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { Job } from "@/lib/api";
import { clock, money } from "@/lib/format";
import { asProblem } from "@/lib/problems";
import { hasEnded, STATUS_WORDS } from "@/lib/status";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import { Actions } from "./Actions";
import { Cancelled } from "./Cancelled";
import { Costs } from "./Costs";
import { Failed } from "./Failed";
import classes from "./JobPage.module.css";
import { Making } from "./Making";
import { Player } from "./Player";
import { useEarlier, useJob, type Line } from "./queries";
import { Scenes } from "./Scenes";
import { Versions } from "./Versions";
import { REASON_WORDS } from "./words";

const COLORS: Record<Job["status"], string> = { queued: "gray", generating: "ember", composing: "ember", succeeded: "teal", failed: "red", cancelling: "gray", cancelled: "gray" };

/** One video, from the moment it was ordered: how it comes along, then the thing itself. */
export function Page() {
  const { id = "" } = useParams();
  const [query] = useSearchParams();
  const { job, line } = useJob(id);
  const wanted = Number(query.get("version") ?? 0);
  const earlier = useEarlier(id, wanted > 0 && wanted < (job.data?.revision ?? 0) ? Math.trunc(wanted) : 0);
  useTitle(titleOf(job.data));

  if (job.error && (!job.data || asProblem(job.error).status === 404)) {
    return (
      <Notice error={job.error} retry={() => void job.refetch()}>
        <Button size="xs" variant="subtle" component={Link} to="/library">
          To your library
        </Button>
      </Notice>
    );
  }
  if (!job.data) return <Waiting />;
  if (earlier.error) return <Notice error={earlier.error} retry={() => void earlier.refetch()} />;
  if (earlier.isLoading) return <Waiting />;
  const shown = earlier.data ?? job.data;
  return <Shown key={shown.id} job={shown} latest={job.data.revision} line={line} />;
}

function Shown({ job, latest, line }: { job: Job; latest: number; line: Line }) {
  const [scene, setScene] = useState(1);
  const [wish, setWish] = useState<{ scene: number } | null>(null);
  const [editing, setEditing] = useState<number | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const seek = useCallback((to: number) => setWish({ scene: to }), []);
  const running = !hasEnded(job);
  const earlier = job.revision < latest;

  // What was pressed to have it made anew is gone by then: a keyboard goes on from the top.
  useEffect(() => {
    if (document.activeElement === document.body && job.revision > 1) heading.current?.focus({ preventScroll: true });
  }, [job.revision]);

  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div className={classes.name}>
          <Title order={1} size="h2" ref={heading} tabIndex={-1} className={classes.title ?? ""}>
            {job.title}
          </Title>
          <Group gap="xs" mt={6}>
            <Badge color={COLORS[job.status]} variant="light" tt="none" size="lg">
              {STATUS_WORDS[job.status]}
            </Badge>
            <Text size="sm" c="dimmed" className="tabular">
              {clock(job.duration)} · {job.aspect_ratio} · {job.resolution} · {money(job.cost.micros)}
              {job.revision > 1 && ` · ${REASON_WORDS[job.reason]}`}
            </Text>
            <Versions latest={latest} shown={job.revision} />
          </Group>
        </div>
        {!earlier && <Actions job={job} />}
      </header>
      {earlier && <Past revision={job.revision} />}
      {job.error && <Failed job={job} error={job.error} earlier={earlier} edit={setEditing} />}
      {job.status === "cancelled" && <Cancelled job={job} earlier={earlier} />}
      {running && <Making key={job.revision} job={job} line={line} />}
      {job.video && <Player key={job.video.sha256} job={job} video={job.video} earlier={earlier} onScene={setScene} wish={wish} />}
      {job.note && (
        <Text size="sm" c="dimmed">
          {job.note}
        </Text>
      )}
      <Scenes job={job} earlier={earlier} now={job.video ? scene : null} seek={seek} editing={editing} edit={setEditing} />
      <Costs job={job} />
    </div>
  );
}

function Past({ revision }: { revision: number }) {
  return (
    <Alert icon={<IconHistory size={18} />} color="gray" title={`This is version ${revision}, as it was`}>
      <Link to="?" replace className={classes.back}>
        Back to the latest
      </Link>
    </Alert>
  );
}

function titleOf(job: Job | undefined): string {
  if (!job) return "Video";
  return hasEnded(job) ? job.title : `${Math.round(job.progress * 100)}% · ${job.title}`;
}

function Waiting() {
  return (
    <Stack className={classes.page ?? ""} aria-busy aria-label="Loading">
      <div className={classes.head}>
        <div className={classes.name}>
          <Skeleton h={36} w="50%" />
          <Skeleton h={22} w="30%" mt={10} />
        </div>
      </div>
      <Skeleton className={classes.screen ?? ""} radius="lg" />
      <Skeleton h={180} radius="lg" />
    </Stack>
  );
}
