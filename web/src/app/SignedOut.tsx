import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Lamp } from "@/lib/ui/Lamp";
import { useTitle } from "@/lib/title";

export function SignedOut({ signIn, signUp }: { signIn: () => void; signUp: () => void }) {
  useTitle("Signed out");
  return (
    <Stack component="main" align="center" justify="center" gap="md" mih="100dvh" p="xl" ta="center">
      <Lamp size={56} />
      <Title order={1} size="h2">
        You are signed out
      </Title>
      <Text c="dimmed" maw={420}>
        Sign in and you come back to this very place. Videos in the making go on without you.
      </Text>
      <Group>
        <Button onClick={signIn}>Sign in</Button>
        <Button variant="default" onClick={signUp}>
          Create an account
        </Button>
      </Group>
    </Stack>
  );
}
