import { Paper, Title } from "@mantine/core";
import type { Schemas } from "@/lib/api";
import { money } from "@/lib/format";
import classes from "./Months.module.css";

const WIDTH = 720;
const HEIGHT = 180;
const FOOT = 24;

/** Money by month, oldest first. The table under it says the same to those who don't see it. */
export function Months({ months }: { months: readonly Schemas["MonthView"][] }) {
  const shown = [...months].reverse();
  const most = Math.max(...shown.map(totalOf), 1);
  const step = WIDTH / shown.length;
  const height = (micros: number) => ((HEIGHT - FOOT - 12) * micros) / most;
  return (
    <Paper withBorder radius="lg" p="lg" component="figure" m={0}>
      <Title order={2} size="h4" mb="sm">
        Spend by month
      </Title>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.chart} aria-hidden="true">
        {shown.map((month, n) => (
          <g key={month.period} transform={`translate(${n * step} 0)`}>
            <rect className={classes.settled} x={step * 0.2} width={step * 0.6} y={HEIGHT - FOOT - height(month.settled.micros)} height={height(month.settled.micros)} rx="4" />
            <rect className={classes.held} x={step * 0.2} width={step * 0.6} y={HEIGHT - FOOT - height(totalOf(month))} height={height(month.held.micros)} rx="4" />
            <text className={classes.name} x={step / 2} y={HEIGHT - 6} textAnchor="middle">
              {nameOf(month.period)}
            </text>
            {totalOf(month) > 0 && (
              <text className={classes.sum} x={step / 2} y={HEIGHT - FOOT - height(totalOf(month)) - 4} textAnchor="middle">
                {money(totalOf(month))}
              </text>
            )}
          </g>
        ))}
      </svg>
      <table className="visually-hidden">
        <caption>Spend by month</caption>
        <thead>
          <tr>
            <th>Month</th>
            <th>Videos</th>
            <th>Spent</th>
            <th>Held</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((month) => (
            <tr key={month.period}>
              <td>{month.period}</td>
              <td>{month.settled_videos + month.held_videos}</td>
              <td>{money(month.settled.micros)}</td>
              <td>{money(month.held.micros)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Paper>
  );
}

function totalOf(month: Schemas["MonthView"]): number {
  return month.settled.micros + month.held.micros;
}

function nameOf(period: string): string {
  return new Date(`${period}-15T00:00:00Z`).toLocaleDateString("en", { month: "short" });
}
