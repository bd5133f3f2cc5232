import { Paper, Progress, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useId, type ReactNode } from "react";
import { meterOf } from "./figures";
import classes from "./Meter.module.css";

interface Props {
  name: string;
  value: string;
  limit: string;
  of: readonly [used: number, limit: number];
  left: string;
  children: ReactNode;
}

const COLOURS = { calm: "ember", near: "yellow", full: "red" };
const WORDS = { calm: "", near: "nearly used up", full: "used up" };

/** How much of a limit is used: in figures and in words, and once more as a bar. */
export function Meter({ name, value, limit, of: [used, most], left, children }: Props) {
  const id = useId();
  const { share, level } = meterOf(used, most);
  return (
    <Paper withBorder radius="lg" p="lg" component="section" aria-labelledby={id} className={classes.meter}>
      <div className={classes.row}>
        <Text size="sm" c="dimmed" id={id} component="h2">
          {name}
        </Text>
        <Text size="sm" className={classes.left} data-level={level} component="span">
          {level !== "calm" && <IconAlertTriangle size={14} aria-hidden />}
          {level === "full" ? WORDS.full : level === "near" ? `${left}, ${WORDS.near}` : left}
        </Text>
      </div>
      <p className={classes.figure}>
        <span className={classes.value}>{value}</span> <span className={classes.limit}>of {limit}</span>
      </p>
      <Progress.Root>
        <Progress.Section value={share * 100} color={COLOURS[level]} withAria={false} role="progressbar" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} aria-valuetext={`${value} of ${limit}`} />
      </Progress.Root>
      <Text size="xs" c="dimmed" mt="xs" className="tabular">
        {children}
      </Text>
    </Paper>
  );
}
