import { Group, Paper, Progress, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { api, type Schemas } from "@/lib/api";
import { money } from "@/lib/format";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import { Months } from "./Months";
import classes from "./Usage.module.css";

export function Page() {
  useTitle("Usage");
  const usage = api.useQuery("get", "/api/v1/usage", { params: { query: { periods: 12 } } });
  if (usage.error && !usage.data) return <Notice error={usage.error} retry={() => void usage.refetch()} />;
  return (
    <div className={classes.page}>
      <Title order={1} size="h2">
        Usage
      </Title>
      {usage.data ? <Shown usage={usage.data} /> : <Skeleton h={280} radius="lg" aria-label="Loading" />}
      <Jobs />
    </div>
  );
}

function Shown({ usage }: { usage: Schemas["UsageView"] }) {
  const [month] = usage.months;
  const { limits } = usage;
  if (!month) return null;
  const videos = month.held_videos + month.settled_videos;
  const spent = month.held.micros + month.settled.micros;
  return (
    <>
      <div className={classes.figures}>
        <Meter name="Videos this month" value={`${videos} of ${limits.videos}`} share={videos / limits.videos} note={month.held_videos > 0 ? `${month.held_videos} of them in the making` : `${limits.videos - videos} left`} />
        <Meter name="Spent this month" value={money(month.settled.micros)} share={spent / limits.spend.micros} note={`${month.held.micros > 0 ? `and ${money(month.held.micros)} held; ` : ""}limit ${money(limits.spend.micros)}`} />
        <Meter name="At the same time" value={`${usage.active} of ${limits.concurrent}`} share={usage.active / limits.concurrent} note={`each up to ${limits.seconds} s`} />
      </div>
      <Months months={usage.months} />
    </>
  );
}

function Meter({ name, value, share, note }: { name: string; value: string; share: number; note: string }) {
  return (
    <Paper withBorder radius="lg" p="lg">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="xl" fw={700} className="tabular">
        {value}
      </Text>
      <Progress value={Math.min(1, share) * 100} my="xs" aria-label={name} color={share > 0.9 ? "red" : "ember"} />
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </Paper>
  );
}

/** Estimate against what it came to, job by job. */
function Jobs() {
  const jobs = api.useQuery("get", "/api/v1/jobs", { params: { query: { limit: 20 } } });
  if (jobs.error && !jobs.data) return <Notice error={jobs.error} retry={() => void jobs.refetch()} />;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        What was expected, what it came to
      </Title>
      <Table.ScrollContainer minWidth={480}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Video</Table.Th>
              <Table.Th ta="right">Expected</Table.Th>
              <Table.Th ta="right">At most</Table.Th>
              <Table.Th ta="right">Actual</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {jobs.data?.jobs.map((job) => (
              <Table.Tr key={job.id}>
                <Table.Td>
                  <Group gap="xs">
                    <Link to={`/jobs/${job.id}`} className={classes.link}>
                      {job.title}
                    </Link>
                    {job.status !== "succeeded" && (
                      <Text span size="xs" c="dimmed">
                        {job.status}
                      </Text>
                    )}
                  </Group>
                </Table.Td>
                <Table.Td ta="right" className="tabular">
                  {money(job.estimate.expected.micros)}
                </Table.Td>
                <Table.Td ta="right" className="tabular">
                  {money(job.estimate.at_most.micros)}
                </Table.Td>
                <Table.Td ta="right" className="tabular" fw={600}>
                  {money(job.cost.micros)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
