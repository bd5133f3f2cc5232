import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { Job, Schemas } from "@/lib/api";
import { Again } from "./Again";
import classes from "./Failed.module.css";
import { explained, givenBackWords } from "./words";

/** What went wrong, in words; whether it was charged; and the ways on. */
export function Failed({ job, error, earlier, edit }: { job: Job; error: Schemas["FailureView"]; earlier: boolean; edit: (scene: number) => void }) {
  const { what, advice } = explained(error);
  const hopeless = error.scene !== null && !error.retryable;
  return (
    <Stack role="alert" className={classes.box ?? ""} gap="sm">
      <Title order={2} size="h4">
        {error.scene === null ? "The video could not be finished" : `Scene ${error.scene} could not be made`}
      </Title>
      <Text>{what}</Text>
      <Text size="sm">
        {advice} {givenBackWords(job)}
      </Text>
      {job.status === "failed" && !earlier && (
        <Group gap="xs">
          {hopeless && <Button onClick={() => edit(error.scene ?? 1)}>Change its words</Button>}
          <Again job={job} label="Try again" second={hopeless} />
          {error.scene !== null && <Again job={job} label="Finish with a card in its place" placeholders second />}
        </Group>
      )}
    </Stack>
  );
}
