import { ActionIcon, Button, CopyButton, Group, Menu, Modal, Stack, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconDownload, IconLink, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "react-router";
import type { Job } from "@/lib/api";
import { money } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import { download } from "./download";
import { ENDED, useCancel, useRemove } from "./queries";

export function Actions({ job }: { job: Job }) {
  const [asking, { open: ask, close }] = useDisclosure(false);
  const cancel = useCancel(job.id);
  const remove = useRemove(job.id);
  const navigate = useNavigate();
  const running = !ENDED.includes(job.status);

  return (
    <Group gap="xs">
      {job.video && (
        <Button leftSection={<IconDownload size={16} aria-hidden />} onClick={() => void download(job.id)}>
          Download
        </Button>
      )}
      {running && (
        <Button variant="default" onClick={ask} disabled={job.status === "cancelling"}>
          {job.status === "cancelling" ? "Cancelling…" : "Cancel"}
        </Button>
      )}
      <CopyButton value={window.location.href}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy the link"}>
            <ActionIcon variant="default" size="lg" aria-label={copied ? "Copied" : "Copy the link"} onClick={copy}>
              <IconLink size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
      {!running && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label="More">
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => remove.mutate(undefined, { onSuccess: () => void navigate("/library", { state: { deleted: job.id } }) })}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Modal opened={asking} onClose={close} title="Cancel this video?" centered>
        <Stack>
          <Text size="sm">
            So far it has cost {money(job.cost.micros)}. What the models have begun is still charged; the rest is released, and the video goes back into your quota.
          </Text>
          {cancel.error && <Notice error={cancel.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Let it go on
            </Button>
            <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate(undefined, { onSuccess: close })}>
              Cancel the video
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
