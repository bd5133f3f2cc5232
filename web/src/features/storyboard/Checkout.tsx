import { Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { useNavigate } from "react-router";
import type { Schemas } from "@/lib/api";
import { clock, money, seconds } from "@/lib/format";
import { asProblem, wordsFor } from "@/lib/problems";
import { Notice } from "@/lib/ui/Notice";
import { lengthOf, type Board } from "./board";
import classes from "./Checkout.module.css";
import { newKey, useSubmit, useUsage } from "./queries";

interface Props {
  board: Board;
  /** What would be sent; null while a scene has no words. */
  body: Schemas["StoryboardBody"] | null;
  price: UseQueryResult<Schemas["DraftView"], unknown>;
  /** Whether there are edits that the price doesn't know yet. */
  waiting: boolean;
  done: () => void;
}

const NAMES: Record<Schemas["TakeKind"], string> = { plan: "Planning", still: "Stills", video: "Clips", speech: "Narration", music: "Music" };

/** What it costs and what is left, always in sight; nothing is spent before the second button. */
export function Checkout({ board, body, price, waiting, done }: Props) {
  const [open, { open: show, close }] = useDisclosure(false);
  const usage = useUsage();
  const submit = useSubmit();
  const navigate = useNavigate();
  const key = useMemo(() => newKey(), [body]); // eslint-disable-line react-hooks/exhaustive-deps -- another storyboard is another job
  const estimate = price.data?.estimate;
  const month = usage.data?.months[0];
  const left = usage.data && month ? usage.data.limits.videos - month.held_videos - month.settled_videos : null;
  const refused = price.error && !waiting ? asProblem(price.error) : null;

  const generate = () => {
    if (body === null || estimate === undefined) return;
    const start = { body, maxCost: estimate.at_most.usd, key };
    submit.mutate(start, {
      onSuccess: (job) => {
        done();
        void navigate(`/jobs/${job.id}`);
      },
    });
  };

  return (
    <div className={classes.bar} role="region" aria-label="Price">
      <div className={classes.figures} aria-live="polite">
        <Figure name="Length" value={clock(lengthOf(board))} />
        <Figure name="Price" value={estimate ? `≈ ${money(estimate.expected.micros)}` : "…"} note={estimate ? `at most ${money(estimate.at_most.micros)}` : ""} />
        <Figure name="Videos left" value={left === null ? "…" : String(left)} note={usage.data ? `of ${usage.data.limits.videos} this month` : ""} />
      </div>
      {refused && (
        <Text size="sm" c="red" role="alert" className={classes.refused ?? ""}>
          {wordsFor(refused).text}
        </Text>
      )}
      <Button size="md" leftSection={<IconPlayerPlayFilled size={16} aria-hidden />} disabled={body === null || estimate === undefined || refused !== null || waiting} onClick={show}>
        Generate
      </Button>
      <Modal opened={open} onClose={close} title="Ready to film?" centered>
        <Stack>
          {estimate && (
            <>
              <Text>
                {board.scenes.length === 1 ? "One scene" : `${board.scenes.length} scenes`}, {clock(lengthOf(board))} long. It costs about <b>{money(estimate.expected.micros)}</b>, and never more than <b>{money(estimate.at_most.micros)}</b>.
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
              Generate for at most {estimate ? money(estimate.at_most.micros) : "…"}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={700} className="tabular">
        {value}
      </Text>
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </div>
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
              {money(micros)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
