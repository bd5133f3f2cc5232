import { Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useMemo } from "react";
import { useAuth } from "react-oidc-context";
import { useNavigate } from "react-router";
import type { Schemas } from "@/lib/api";
import { clock, seconds } from "@/lib/format";
import { asProblem } from "@/lib/problems";
import { Notice } from "@/lib/ui/Notice";
import { lengthOf, type Board } from "./board";
import { attempt, forgetAttempt } from "./draft";
import { price } from "./price";
import { newKey, useSubmit } from "./queries";

interface Props {
  opened: boolean;
  close: () => void;
  board: Board;
  body: Schemas["StoryboardBody"] | null;
  estimate: Schemas["EstimateView"] | undefined;
  done: () => void;
}

const NAMES: Record<Schemas["TakeKind"], string> = { plan: "Planning", still: "Stills", video: "Clips", speech: "Narration", music: "Music" };

/** The last word before money is spent: what for, and how much at most. */
export function Ready({ opened, close, board, body, estimate, done }: Props) {
  const submit = useSubmit();
  const navigate = useNavigate();
  const owner = useAuth().user?.profile.sub ?? "";
  const key = useMemo(() => newKey(), [body]); // eslint-disable-line react-hooks/exhaustive-deps -- another storyboard is another job

  const generate = () => {
    if (body === null || estimate === undefined) return;
    submit.mutate(attempt(localStorage, owner, { body, maxCost: estimate.at_most.usd, key }), {
      onSuccess: (job) => {
        done();
        void navigate(`/jobs/${job.id}`);
      },
      // Every other error leaves open whether an earlier try was taken: the next one is the same.
      onError: (error) => void (asProblem(error).status === 422 && forgetAttempt(localStorage, owner)),
    });
  };

  return (
    <Modal opened={opened} onClose={() => (submit.reset(), close())} title="Ready to film?" centered lockScroll={false}>
      <Stack>
        {estimate && (
          <>
            <Text>
              {board.scenes.length === 1 ? "One scene" : `${board.scenes.length} scenes`}, {clock(lengthOf(board))} long. It costs about <b>{price(estimate.expected.micros)}</b>, and never more than <b>{price(estimate.at_most.micros)}</b>.
            </Text>
            <Lines estimate={estimate} />
            <Text size="xs" c="dimmed">
              Models make {seconds(estimate.paid_seconds)} of clips for {seconds(estimate.used_seconds)} of video. What fails is not charged; you can cancel at any time and pay only for what was made.
            </Text>
          </>
        )}
        {submit.error && <Notice error={submit.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Not yet
          </Button>
          <Button loading={submit.isPending} onClick={generate} data-autofocus>
            Generate for at most {estimate ? price(estimate.at_most.micros) : "…"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Lines({ estimate }: { estimate: Schemas["EstimateView"] }) {
  const sums = new Map<Schemas["TakeKind"], number>();
  for (const line of estimate.lines) sums.set(line.kind, (sums.get(line.kind) ?? 0) + line.expected.micros);
  return (
    <Table>
      <Table.Tbody>
        {[...sums].map(([kind, micros]) => (
          <Table.Tr key={kind}>
            <Table.Td>{NAMES[kind]}</Table.Td>
            <Table.Td ta="right" className="tabular">
              {price(micros)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
