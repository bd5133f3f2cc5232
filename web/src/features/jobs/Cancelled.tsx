import { Group, Stack, Text, Title } from "@mantine/core";
import type { Job } from "@/lib/api";
import { Again } from "./Again";
import classes from "./Cancelled.module.css";
import { givenBackWords } from "./words";

/** What cancelling has come to, and the way on. */
export function Cancelled({ job, earlier }: { job: Job; earlier: boolean }) {
  return (
    <Stack component="section" className={classes.box ?? ""} gap="sm">
      <Title order={2} size="h4">
        It was cancelled
      </Title>
      <Text size="sm">{givenBackWords(job)}</Text>
      {!earlier && (
        <Group gap="xs">
          <Again job={job} label="Go on with it" />
        </Group>
      )}
    </Stack>
  );
}
