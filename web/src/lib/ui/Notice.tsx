import { Button, Group, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { wordsFor } from "@/lib/problems";
import classes from "./Notice.module.css";

/** An error in the place of what could not be shown, with what to do about it. */
export function Notice({ error, retry, children }: { error: unknown; retry?: () => void; children?: ReactNode }) {
  const { title, text } = wordsFor(error);
  return (
    <Stack role="alert" className={classes.notice} gap="sm">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ThemeIcon variant="light" color="red" radius="xl" aria-hidden>
          <IconAlertTriangle size={16} />
        </ThemeIcon>
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        </div>
      </Group>
      <Group gap="xs">
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        {children}
      </Group>
    </Stack>
  );
}
