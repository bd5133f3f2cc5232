import { Alert, Badge, Button, Group, Paper, SegmentedControl, Stack, Text, Title, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { signOut, signOutEverywhere } from "@/lib/auth";
import { useProfile, useSession } from "@/lib/session";
import { useTitle } from "@/lib/title";

export function Page() {
  useTitle("Account");
  const { email, tier } = useProfile();
  const { manager, config } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [error, setError] = useState<string | null>(null);
  const everywhere = () => signOutEverywhere(manager, config).catch((failed: unknown) => setError(failed instanceof Error ? failed.message : String(failed)));
  return (
    <Stack maw={560} mx="auto" gap="lg">
      <Title order={1} size="h2">
        Account
      </Title>
      <Paper withBorder radius="lg" p="lg">
        <Text size="sm" c="dimmed">
          Signed in as
        </Text>
        <Group justify="space-between">
          <Text fw={600}>{email}</Text>
          <Badge variant="light" tt="none">
            {tier}
          </Badge>
        </Group>
      </Paper>
      <Paper withBorder radius="lg" p="lg">
        <Group justify="space-between">
          <Text fw={600} id="colours">
            Colours
          </Text>
          <SegmentedControl aria-labelledby="colours" value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)} data={[{ value: "auto", label: "As the system" }, { value: "light", label: "Light" }, { value: "dark", label: "Dark" }]} />
        </Group>
      </Paper>
      {error && (
        <Alert color="red" role="alert">
          {error}
        </Alert>
      )}
      <Group>
        <Button variant="default" onClick={() => void signOut(manager, config)}>
          Sign out
        </Button>
        <Button variant="default" onClick={() => void everywhere()}>
          Sign out everywhere
        </Button>
      </Group>
    </Stack>
  );
}
