import { Button } from "@mantine/core";
import { useState } from "react";
import type { Job } from "@/lib/api";
import { money } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import { againOf } from "./editing";
import { newKey, useForecast, useRetry } from "./queries";

interface Props {
  job: Job;
  label: string;
  /** Without the scenes that failed: cards stand in for them. */
  placeholders?: boolean;
  /** It isn't the way that helps most. */
  second?: boolean;
}

/** Another try of a video that ended badly: the button says the most it can cost, and that is sent. */
export function Again({ job, label, placeholders = false, second = false }: Props) {
  const retry = useRetry(job.id);
  const [key] = useState(newKey);
  const told = useForecast(job, job.storyboard && againOf(job.storyboard, job.scenes, placeholders));
  // What was never planned begins anew, for the price that it had.
  const price = job.storyboard ? told.data?.estimate.at_most : job.estimate.at_most;
  const begin = () => price && retry.mutate({ wish: { placeholders, max_cost: price.usd }, key: `${key}-${job.revision}-${price.usd}` }, { onError: () => job.storyboard && told.refetch() });
  return (
    <>
      <Button variant={second ? "default" : "filled"} loading={retry.isPending} disabled={price === undefined} onClick={begin}>
        {label}
        {price && (price.micros === 0 ? ", free" : ` for at most ${money(price.micros)}`)}
      </Button>
      {told.error && <Notice error={told.error} retry={() => void told.refetch()} />}
      {retry.error && <Notice error={retry.error} />}
    </>
  );
}
