import { Button, Skeleton, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import type { Job } from "@/lib/api";
import { ago, money } from "@/lib/format";
import { hasEnded, STATUS_WORDS } from "@/lib/status";
import { Notice } from "@/lib/ui/Notice";
import classes from "./Costs.module.css";
import { useCosts } from "./queries";

/** Estimate against what it came to, video by video. */
export function Costs() {
  const costs = useCosts();
  return (
    <section className={classes.section} aria-labelledby="costs">
      <div>
        <Title order={2} size="h4" id="costs">
          Expected and actual
        </Title>
        <Text size="sm" c="dimmed">
          What each video’s latest version was estimated at, the most it could have cost, and what it came to.
        </Text>
      </div>
      {costs.error && !costs.data && <Notice error={costs.error} retry={() => void costs.refetch()} />}
      {costs.isLoading && <Skeleton h={200} radius="md" aria-label="Loading" />}
      {costs.data?.length === 0 && (
        <Text c="dimmed">
          Nothing yet. Before anything is spent, the storyboard says what it would cost. <Link to="/create">Write the first one</Link>
        </Text>
      )}
      {costs.data && costs.data.length > 0 && <Table jobs={costs.data} />}
      {costs.isFetchNextPageError && <Notice error={costs.error} retry={() => void costs.fetchNextPage()} />}
      {costs.hasNextPage && !costs.isFetchNextPageError && (
        <Button variant="default" size="xs" loading={costs.isFetchingNextPage} onClick={() => void costs.fetchNextPage()} className={classes.more ?? ""}>
          Show earlier ones
        </Button>
      )}
    </section>
  );
}

function Table({ jobs }: { jobs: readonly Job[] }) {
  return (
    <table className={classes.table} aria-labelledby="costs">
      <thead>
        <tr>
          <th scope="col">Video</th>
          <th scope="col">Expected</th>
          <th scope="col" className={classes.most}>
            At most
          </th>
          <th scope="col">Actual</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <th scope="row">
              <Link to={`/jobs/${job.id}`} className={classes.link}>
                {job.title}
              </Link>
              <span className={classes.note}>
                {STATUS_WORDS[job.status]} · {ago(job.created_at, new Date())}
              </span>
            </th>
            <td>{money(job.estimate.expected.micros)}</td>
            <td className={classes.most}>{money(job.estimate.at_most.micros)}</td>
            <td>
              <strong>{hasEnded(job) ? money(job.cost.micros) : "–"}</strong>
              <span className={classes.note}>{verdict(job)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What has been paid so far stands on a video's own page: a list tells it once the video has ended. */
function verdict(job: Job): string {
  if (!hasEnded(job)) return "not known yet";
  const more = job.cost.micros - job.estimate.expected.micros;
  if (more === 0) return "as expected";
  if (job.cost.micros === 0) return "nothing charged";
  return more > 0 ? `${money(more)} more` : `${money(-more)} less`;
}
