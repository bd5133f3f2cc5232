import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { Job, Schemas } from "@/lib/api";
import { money } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import classes from "./Failed.module.css";
import { newKey, useRetry } from "./queries";
import { explained } from "./words";

/** What went wrong, in words; whether it was charged; and the ways on. */
export function Failed({ job, error, earlier, edit }: { job: Job; error: Schemas["FailureView"]; earlier: boolean; edit: (scene: number) => void }) {
  const retry = useRetry(job.id);
  const [key] = useState(newKey);
  const again = (placeholders: boolean) => retry.mutate({ placeholders, key: `${key}-${job.revision}-${placeholders}` });
  const { what, advice } = explained(error);
  return (
    <Stack role="alert" className={classes.box ?? ""} gap="sm">
      <Title order={2} size="h4">
        {error.scene === null ? "The video could not be finished" : `Scene ${error.scene} could not be made`}
      </Title>
      <Text>{what}</Text>
      <Text size="sm">
        {advice}{" "}
        {job.cost.micros === 0 ? "Nothing was charged, and the video is back in your quota." : `${money(job.cost.micros)} was charged for what had been made; that is kept and not paid again. The video is back in your quota.`}
      </Text>
      {retry.error && <Notice error={retry.error} />}
      {job.status === "failed" && !earlier && (
        <Group gap="xs">
          {error.scene !== null && !error.retryable && (
            <Button disabled={retry.isPending} onClick={() => edit(error.scene ?? 1)}>
              Change its words
            </Button>
          )}
          <Button variant={error.scene === null || error.retryable ? "filled" : "default"} loading={retry.isPending && !retry.variables.placeholders} disabled={retry.isPending} onClick={() => again(false)}>
            Try again
          </Button>
          {error.scene !== null && (
            <Button variant="default" loading={retry.isPending && retry.variables.placeholders} disabled={retry.isPending} onClick={() => again(true)}>
              Finish with a card in its place
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}
