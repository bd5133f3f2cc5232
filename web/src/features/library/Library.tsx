import { Button, Group, SegmentedControl, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useIntersection } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { useTitle } from "@/lib/title";
import { Lamp } from "@/lib/ui/Lamp";
import { Notice } from "@/lib/ui/Notice";
import classes from "./Library.module.css";
import { matches } from "./matches";
import { useDelete, useJobs, useRestore, type Status } from "./queries";
import { Tile } from "./Tile";

const FILTERS: { value: Status | ""; label: string }[] = [
  { value: "", label: "All" },
  { value: "succeeded", label: "Finished" },
  { value: "generating", label: "Filming" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
];

export function Page() {
  useTitle("Library");
  const [status, setStatus] = useState<Status | "">("");
  const [words, setWords] = useState("");
  const [search] = useDebouncedValue(words.trim(), 200);
  const jobs = useJobs(status || null);
  const remove = useDelete();
  const { ref, entry } = useIntersection<HTMLDivElement>({ rootMargin: "600px" });
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = jobs;
  const found = (jobs.data?.pages ?? []).flatMap((page) => page.jobs).filter((job) => matches(job, search));

  useEffect(() => {
    if (entry?.isIntersecting && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [entry, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, found.length]);

  return (
    <div className={classes.page}>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Library
        </Title>
        <TextInput aria-label="Search titles and prompts" placeholder="Search titles and prompts" type="search" leftSection={<IconSearch size={16} aria-hidden />} value={words} onChange={(event) => setWords(event.currentTarget.value)} w={280} />
      </Group>
      <SegmentedControl aria-label="Status" value={status} onChange={(value) => setStatus(value as Status | "")} data={FILTERS} className={classes.filter ?? ""} />
      <Undo deleted={remove.variables ?? null} settled={remove.isSuccess} />
      {remove.error && <Notice error={remove.error} />}
      {jobs.error && !jobs.data && <Notice error={jobs.error} retry={() => void jobs.refetch()} />}
      <ul className={classes.tiles} aria-busy={jobs.isPending}>
        {jobs.isPending && Array.from({ length: 8 }, (_, n) => <Skeleton key={n} h={210} radius="lg" component="li" aria-hidden />)}
        {found.map((job) => (
          <Tile key={job.id} job={job} remove={() => remove.mutate(job.id)} />
        ))}
      </ul>
      {jobs.data && found.length === 0 && !hasNextPage && <Empty searched={search !== "" || status !== ""} />}
      {isFetchNextPageError && <Notice error={jobs.error} retry={() => void fetchNextPage()} />}
      <div ref={ref} />
    </div>
  );
}

/** What was deleted can be had back for a day; here, with one press. */
function Undo({ deleted, settled }: { deleted: string | null; settled: boolean }) {
  const state: unknown = useLocation().state;
  const before = typeof state === "object" && state !== null && "deleted" in state ? String(state.deleted) : null;
  const restore = useRestore();
  const id = settled ? deleted : before;
  if (id === null || restore.variables === id) return restore.error ? <Notice error={restore.error} /> : <div role="status" />;
  return (
    <Group role="status" className={classes.undo ?? ""} justify="space-between">
      <Text size="sm">The video was deleted. It can be had back within a day.</Text>
      <Button size="xs" variant="default" loading={restore.isPending} onClick={() => restore.mutate(id)}>
        Undo
      </Button>
    </Group>
  );
}

function Empty({ searched }: { searched: boolean }) {
  return (
    <Stack align="center" gap="sm" py="xl" ta="center">
      <Lamp size={48} />
      <Text fw={600}>{searched ? "Nothing like that here" : "No videos yet"}</Text>
      <Text c="dimmed" maw={380}>
        {searched ? "Try other words, or all of them." : "Write a few words, look at the storyboard, and the first one is a minute away."}
      </Text>
      {!searched && (
        <Button component={Link} to="/create">
          Make the first one
        </Button>
      )}
    </Stack>
  );
}
