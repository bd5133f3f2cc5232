import { Button, CloseButton, Loader, SegmentedControl, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { Job } from "@/lib/api";
import { counted } from "@/lib/format";
import { OFFLINE, Problem } from "@/lib/problems";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import { Deleted } from "./Deleted";
import { Empty } from "./Empty";
import classes from "./Library.module.css";
import { matches } from "./matches";
import { useJobs, type Filter } from "./queries";
import { Skeletons } from "./Skeletons";
import { Tile } from "./Tile";
import { useNear } from "./useNear";
import { useTrash } from "./useTrash";
import { useWish } from "./useWish";

const FILTERS: { value: Filter; label: string }[] = [
  { value: "all", label: "All" },
  { value: "making", label: "In the making" },
  { value: "succeeded", label: "Finished" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
];

const TRACK = { root: classes.track ?? "", label: classes.choice ?? "" };

export function Page() {
  useTitle("Library");
  const wish = useWish();
  const { search, filter } = wish;
  const jobs = useJobs(filter, search !== "");
  const all = jobs.data ?? [];
  const found = search === "" ? all : all.filter((job) => matches(job, search));
  const offline = jobs.isPending && jobs.fetchStatus === "paused";
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError } = jobs;

  const list = useRef<HTMLUListElement>(null);
  const trash = useTrash(list);
  const [news, setNews] = useState("");
  const tell = (job: Job) => setNews(`${job.title}: ${job.status === "succeeded" ? "the video is finished" : job.status}.`);

  const more = () => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void jobs.fetchNextPage();
  };
  const near = useNear<HTMLDivElement>(more, `${filter} ${search} ${all.length} ${isFetchingNextPage} ${hasNextPage}`);
  // Who asks by key goes on at the first of those that come.
  const goOnAt = useRef<number | null>(null);
  const moreByHand = () => {
    goOnAt.current = found.length;
    void jobs.fetchNextPage();
  };
  useEffect(() => {
    const at = goOnAt.current;
    if (at === null || isFetchingNextPage || (found.length <= at && hasNextPage)) return;
    goOnAt.current = null;
    list.current?.children[Math.min(at, list.current.children.length - 1)]?.querySelector("a")?.focus();
  }, [found.length, isFetchingNextPage, hasNextPage]);

  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Title order={1} size="h2">
          Library
        </Title>
        <TextInput
          aria-label="Search titles and prompts"
          placeholder="Search titles and prompts"
          type="search"
          className={classes.search ?? ""}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={wish.words !== "" && <CloseButton size="sm" aria-label="Clear the search" onClick={() => wish.look("")} />}
          value={wish.words}
          onChange={(event) => wish.look(event.currentTarget.value)}
        />
        <div className={classes.filter}>
          <SegmentedControl aria-label="Status" radius="xl" withItemsBorders={false} classNames={TRACK} value={filter} onChange={(value) => wish.show(value as Filter)} data={FILTERS} />
        </div>
      </div>

      <div role="status" className={search === "" ? "visually-hidden" : classes.found}>
        {jobs.isPending ? "Loading" : search === "" ? `${counted(found.length, "video")} shown. ${news}` : <Found found={found.length} of={all.length} looking={hasNextPage} />}
      </div>
      {offline && <Notice error={new Problem({ status: 0, code: OFFLINE, detail: "" })} />}
      {jobs.error && !jobs.data && <Notice error={jobs.error} retry={() => void jobs.refetch()} />}
      {trash.error !== null && <Notice error={trash.error} />}

      <ul ref={list} className={classes.tiles} aria-busy={jobs.isPending} aria-label="Videos">
        {jobs.isPending && !offline && <Skeletons count={8} />}
        {found.map((job) => (
          <Tile key={job.id} job={job} remove={trash.remove} onEnd={tell} />
        ))}
        {(isFetchingNextPage || (search !== "" && hasNextPage)) && <Skeletons count={4} />}
      </ul>
      {jobs.data && found.length === 0 && !hasNextPage && <Empty filter={filter} search={search} clear={wish.clear} />}
      {isFetchNextPageError && <Notice error={jobs.error} retry={() => void jobs.fetchNextPage()} />}
      <div ref={near} className={classes.end}>
        {hasNextPage && !isFetchNextPageError && (
          <Button variant="default" loading={isFetchingNextPage} onClick={moreByHand}>
            Load more
          </Button>
        )}
      </div>
      <Deleted gone={trash.last} error={trash.undoError} restoring={trash.restoring} undo={trash.undo} dismiss={trash.dismiss} />
    </div>
  );
}

function Found({ found, of, looking }: { found: number; of: number; looking: boolean }) {
  return (
    <Text size="sm" c="dimmed" component="span" className={classes.looking ?? ""}>
      {looking && <Loader size={12} color="gray" aria-hidden />}
      {looking ? `${counted(found, "video")} found so far, ${of} looked through` : `${counted(found, "video")} found`}
    </Text>
  );
}
