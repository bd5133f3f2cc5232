import { ActionIcon, Button, CopyButton, Group, Menu, Modal, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconDots, IconLink, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "react-router";
import type { Job } from "@/lib/api";
import { hasEnded } from "@/lib/status";
import { Notice } from "@/lib/ui/Notice";
import { CancelDialog } from "./CancelDialog";
import { Files } from "./Files";
import { useRemove } from "./queries";

/** What can be done with a video as a whole. */
export function Actions({ job }: { job: Job }) {
  const [asking, { open: ask, close }] = useDisclosure(false);
  const remove = useRemove(job.id);
  const navigate = useNavigate();
  const running = !hasEnded(job);

  return (
    <Group gap="xs">
      {job.video && <Files job={job} video={job.video} />}
      {running && (
        <Button variant="default" onClick={ask} disabled={job.status === "cancelling"}>
          {job.status === "cancelling" ? "Cancelling…" : "Cancel"}
        </Button>
      )}
      <CopyButton value={`${window.location.origin}/jobs/${job.id}`} timeout={2000}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy the link"}>
            <ActionIcon variant="default" size={36} aria-label={copied ? "Copied" : "Copy the link"} onClick={copy}>
              {copied ? <IconCheck size={16} /> : <IconLink size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
      {!running && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label="More">
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
      <Modal opened={remove.isError} onClose={() => remove.reset()} title="Delete" centered>
        <Notice error={remove.error} />
      </Modal>
      <CancelDialog job={job} opened={asking && running} close={close} />
    </Group>
  );
}
