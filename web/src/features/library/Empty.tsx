import { Button, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "react-router";
import { Lamp } from "@/lib/ui/Lamp";
import type { Filter } from "./queries";

const NOTHING: Record<Filter, [title: string, text: string]> = {
  all: ["No videos yet", "Write a few words, look at the storyboard, and the first one is a minute away."],
  making: ["Nothing in the making", "What you have ordered and isn't finished yet shows up here, with how far it is."],
  succeeded: ["Nothing finished yet", "Videos that are ready to be watched show up here."],
  failed: ["Nothing has failed", "Should a video ever not come out, you find it here, with the reason and the way on."],
  cancelled: ["Nothing cancelled", "Videos that you stop on their way show up here."],
};

export function Empty({ filter, search, clear }: { filter: Filter; search: string; clear: () => void }) {
  const [title, text] = search === "" ? NOTHING[filter] : [`Nothing with “${search}”`, "Titles and prompts were looked through. Try fewer or other words."];
  const narrowed = search !== "" || filter !== "all";
  return (
    <Stack align="center" gap="sm" py={48} ta="center">
      <Lamp size={48} />
      <Text fw={600} maw={420}>
        {title}
      </Text>
      <Text c="dimmed" maw={380}>
        {text}
      </Text>
      {narrowed ? (
        <Button variant="default" onClick={clear}>
          Show all videos
        </Button>
      ) : (
        <Button component={Link} to="/create" leftSection={<IconPlus size={16} aria-hidden />}>
          Make the first one
        </Button>
      )}
    </Stack>
  );
}
