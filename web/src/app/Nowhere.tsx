import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { useTitle } from "@/lib/title";
import { Lamp } from "@/lib/ui/Lamp";

export function Nowhere() {
  useTitle("Not found");
  return (
    <Stack component="main" align="center" justify="center" mih="70dvh" p="xl" ta="center">
      <Lamp size={56} />
      <Title order={1} size="h2">
        This scene was never shot
      </Title>
      <Text c="dimmed" maw={420}>
        There is nothing at this address. It may have been mistyped, or what was here has been deleted.
      </Text>
      <Group>
        <Button component={Link} to="/create">
          Make a video
        </Button>
        <Button component={Link} to="/library" variant="default">
          To the library
        </Button>
      </Group>
    </Stack>
  );
}
