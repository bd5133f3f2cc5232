import { Text } from "@mantine/core";
import type { Job } from "@/lib/api";
import { money } from "@/lib/format";
import { hasEnded } from "@/lib/status";
import classes from "./Costs.module.css";
import { costLines } from "./words";

/** What this version has cost, line by line. */
export function Costs({ job }: { job: Job }) {
  const lines = costLines(job);
  return (
    <details className={classes.costs}>
      <summary className={classes.sum}>
        <span>{hasEnded(job) ? "What it cost" : "What it costs so far"}</span>
        <span className="tabular">{money(job.cost.micros)}</span>
      </summary>
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed" p="sm">
          Nothing had to be paid for this version.
        </Text>
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" className={classes.model}>
                Model
              </th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ id, what, model, micros, note }) => (
              <tr key={id}>
                <td>{what}</td>
                <td className={classes.model}>{model}</td>
                <td className="tabular">{note ?? money(micros)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Text size="xs" c="dimmed" p="sm" className="tabular">
        Estimated {money(job.estimate.expected.micros)}, at most {money(job.estimate.at_most.micros)}.
      </Text>
    </details>
  );
}
