import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { Job } from "@/lib/api";
import { money } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import { useCancel } from "./queries";

/** Cancelling costs what has begun: said before it is done. */
export function CancelDialog({ job, opened, close }: { job: Job; opened: boolean; close: () => void }) {
  const cancel = useCancel(job.id);
  const spent = job.cost.micros;
  return (
    <Modal opened={opened} onClose={close} title="Cancel this video?" centered>
      <Stack>
        <Text size="sm">
          {spent === 0 ? "Nothing has been charged so far." : `It has cost ${money(spent)} so far, and that stays.`} Scenes that are being filmed right now may still be charged, {money(job.estimate.at_most.micros)} at most in all. The rest is given back{job.revision === 1 && ", and so is the video in your quota"}.
        </Text>
        <Text size="sm" c="dimmed">
          What is filmed already is kept: you can go on from it later.
        </Text>
        {cancel.error && <Notice error={cancel.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Let it go on
          </Button>
          <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate(undefined, { onSuccess: close })}>
            Cancel the video
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
