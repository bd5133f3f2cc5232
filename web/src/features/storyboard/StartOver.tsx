import { ActionIcon, Button, Group, Modal, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";

/** Throws brief and storyboard away, and asks before: this can't be undone. */
export function StartOver({ startOver }: { startOver: () => void }) {
  const [open, { open: ask, close }] = useDisclosure(false);
  return (
    <>
      <Tooltip label="Start over">
        <ActionIcon variant="default" size={30} aria-label="Start over" onClick={ask}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={open} onClose={close} title="Start over?" centered size="sm" lockScroll={false}>
        <Text size="sm">The brief and the storyboard are thrown away. That can’t be undone.</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close} data-autofocus>
            Keep them
          </Button>
          <Button color="red" onClick={() => (close(), startOver())}>
            Start over
          </Button>
        </Group>
      </Modal>
    </>
  );
}
