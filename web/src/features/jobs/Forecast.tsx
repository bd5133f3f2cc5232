import { Skeleton, Text } from "@mantine/core";
import type { Schemas } from "@/lib/api";
import { seconds } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import { paidWords, renderedWords } from "./editing";
import classes from "./Forecast.module.css";

interface Props {
  forecast: Schemas["ForecastView"] | undefined;
  error: unknown;
  /** The answer is to what was asked before. */
  stale: boolean;
}

/** What a change would come to, before anything is spent. */
export function Forecast({ forecast, error, stale }: Props) {
  if (error) return <Notice error={error} />;
  return (
    <div className={classes.box} role="status" data-stale={stale || undefined}>
      {forecast ? (
        <>
          <Text fw={600}>{paidWords(forecast)}</Text>
          <Text size="sm" c="dimmed">
            {renderedWords(forecast)} The video will be {seconds(forecast.duration)} long.
          </Text>
        </>
      ) : (
        <>
          <Skeleton h={18} w="60%" mb={8} aria-label="Working out the price" />
          <Skeleton h={14} w="80%" />
        </>
      )}
    </div>
  );
}
