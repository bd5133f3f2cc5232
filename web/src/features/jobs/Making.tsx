import { Group, Paper, Progress, Text } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { useState } from "react";
import type { Job } from "@/lib/api";
import { clock, wait } from "@/lib/format";
import { timeLeft } from "./timeLeft";

/** How far it is, and how long it may still take. */
export function Making({ job }: { job: Job }) {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const elapsed = Math.max(0, (now - new Date(job.started_at ?? job.created_at).getTime()) / 1000);
  const left = timeLeft(elapsed, job.progress);
  return (
    <Paper withBorder radius="lg" p="md">
      <Group justify="space-between" mb="xs">
        <Text fw={600} role="status">
          {job.stage}
        </Text>
        <Text size="sm" c="dimmed" className="tabular">
          {clock(elapsed)}
          {left !== null && ` · about ${wait(left)} left`}
        </Text>
      </Group>
      <Progress value={job.progress * 100} animated aria-label="Progress" radius="xl" />
    </Paper>
  );
}
