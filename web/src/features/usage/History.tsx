import { Paper, SegmentedControl, Text, Title } from "@mantine/core";
import { useState } from "react";
import { counted, money } from "@/lib/format";
import { barsOf, monthName, stepsTo, type Bar, type Measure, type Month } from "./figures";
import classes from "./History.module.css";

const MEASURES: { value: Measure; label: string }[] = [
  { value: "spend", label: "Spend" },
  { value: "videos", label: "Videos" },
];
const LEAST: Record<Measure, number> = { spend: 500_000, videos: 1 };
const said: Record<Measure, (value: number) => string> = { spend: money, videos: String };

/** A year at a glance; the table under it says the same exactly, and to those who don't see bars. */
export function History({ months }: { months: readonly Month[] }) {
  const [measure, setMeasure] = useState<Measure>("spend");
  const [pointed, setPointed] = useState<string | null>(null);
  const bars = barsOf(months, measure);
  const read = bars.find((bar) => bar.period === pointed) ?? bars.at(-1);
  return (
    <Paper withBorder radius="lg" p="lg" component="section" aria-labelledby="history" className={classes.card}>
      <div className={classes.head}>
        <div>
          <Title order={2} size="h4" id="history">
            The last {months.length} months
          </Title>
          <Text size="sm" c="dimmed" className={classes.readout} aria-hidden>
            {read && inWords(read, measure)}
          </Text>
        </div>
        <SegmentedControl aria-label="What the chart shows" size="xs" radius="xl" withItemsBorders={false} data={MEASURES} value={measure} onChange={(value) => setMeasure(value as Measure)} />
      </div>
      <Plot bars={bars} measure={measure} pointed={read?.period} point={setPointed} />
      <details className={classes.details}>
        <summary>The figures as a table</summary>
        <Figures months={months} />
      </details>
    </Paper>
  );
}

function inWords({ period, settled, held }: Bar, measure: Measure): string {
  const name = monthName(period, "long");
  if (measure === "videos") return `${name}: ${counted(settled, "video")}${held > 0 ? `, ${held} more in the making` : ""}`;
  return `${name}: ${money(settled)} spent${held > 0 ? `, ${money(held)} held` : ""}`;
}

interface PlotProps {
  bars: readonly Bar[];
  measure: Measure;
  pointed: string | undefined;
  point: (period: string | null) => void;
}

function Plot({ bars, measure, pointed, point }: PlotProps) {
  const steps = stepsTo(Math.max(...bars.map((bar) => bar.settled + bar.held)), LEAST[measure]);
  const top = steps.at(-1) ?? 1;
  const percent = (value: number) => `${(100 * value) / top}%`;
  return (
    <div className={classes.plot} aria-hidden="true" onPointerLeave={() => point(null)}>
      <div className={classes.scale}>
        {steps.map((step) => (
          <span key={step} className={classes.step} style={{ bottom: percent(step) }}>
            {said[measure](step)}
          </span>
        ))}
      </div>
      <div className={classes.field}>
        {steps.map((step) => (
          <span key={step} className={classes.line} style={{ bottom: percent(step) }} />
        ))}
        {bars.map((bar) => (
          <div key={bar.period} className={classes.column} data-pointed={bar.period === pointed} onPointerEnter={() => point(bar.period)} onPointerDown={() => point(bar.period)}>
            <span className={classes.held} hidden={bar.held === 0} style={{ height: percent(bar.held) }} />
            <span className={classes.settled} style={{ height: percent(bar.settled) }} />
          </div>
        ))}
      </div>
      <div className={classes.names}>
        {bars.map((bar) => (
          <span key={bar.period}>{monthName(bar.period, "short")}</span>
        ))}
      </div>
    </div>
  );
}

function Figures({ months }: { months: readonly Month[] }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-labelledby="history">
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col">Videos</th>
            <th scope="col">In the making</th>
            <th scope="col">Spent</th>
            <th scope="col">Held</th>
          </tr>
        </thead>
        <tbody>
          {months.map((month) => (
            <tr key={month.period}>
              <th scope="row">{monthName(month.period, "long")}</th>
              <td>{month.settled_videos}</td>
              <td>{month.held_videos}</td>
              <td>{money(month.settled.micros)}</td>
              <td>{money(month.held.micros)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
