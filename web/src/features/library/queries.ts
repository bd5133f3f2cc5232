import { useInfiniteQuery, useMutation, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, client, type Job, type Schemas } from "@/lib/api";
import { hasEnded, type Status } from "@/lib/status";
import { Addresses } from "./steady";

export type Filter = "all" | "making" | "succeeded" | "failed" | "cancelled";
type Page = Schemas["JobPage"];
type Pages = InfiniteData<Page, string | null>;

const KEY = "library";
const PAGE = 24;
const LARGEST_PAGE = 100;
const LOOK_MS = 2_500;
const MAKING: readonly Status[] = ["queued", "generating", "composing", "cancelling"];

const addresses = new Addresses();

/** Newest first. A search through all of them takes larger steps than somebody who scrolls. */
export function useJobs(filter: Filter, searching: boolean) {
  return useInfiniteQuery({
    queryKey: [KEY, filter],
    initialPageParam: null as string | null,
    staleTime: 15_000,
    queryFn: ({ pageParam, signal }) => (filter === "making" ? inTheMaking(signal) : pageOf(filter === "all" ? null : filter, pageParam, searching ? LARGEST_PAGE : PAGE, signal)),
    getNextPageParam: (last) => last.cursor,
    select: jobsOf,
  });
}

function jobsOf(data: Pages): Job[] {
  return data.pages.flatMap((page) => page.jobs).map(withSteadyAddresses);
}

function withSteadyAddresses(job: Job): Job {
  const steady = (address: string | null) => address && addresses.steady(address, Date.now());
  return {
    ...job,
    poster_url: steady(job.poster_url),
    video: job.video && { ...job.video, url: steady(job.video.url) },
    scenes: job.scenes.map((scene) => ({ ...scene, clip_url: steady(scene.clip_url) })),
  };
}

async function pageOf(status: Status | null, cursor: string | null, limit: number, signal: AbortSignal): Promise<Page> {
  const query = { limit, ...(cursor ? { cursor } : {}), ...(status ? { status } : {}) };
  const { data } = await client.GET("/api/v1/jobs", { params: { query }, signal });
  return data as Page;
}

/** The API filters by one status, and people by whether it is still going on: never many, so one page holds them. */
async function inTheMaking(signal: AbortSignal): Promise<Page> {
  const pages = await Promise.all(MAKING.map((status) => pageOf(status, null, LARGEST_PAGE, signal)));
  // One that moves on between two answers would be in both.
  const jobs = new Map(pages.flatMap((page) => page.jobs).map((job) => [job.id, job]));
  return { jobs: [...jobs.values()].sort((a, b) => b.created_at.localeCompare(a.created_at)), cursor: null };
}

/** A job on its way, as it is now: looked at every few seconds until it ends, which `onEnd` is told. */
export function useFresh(job: Job, onEnd: (job: Job) => void): Job {
  const cache = useQueryClient();
  const running = !hasEnded(job);
  const { data } = api.useQuery("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: job.id } } }, {
    enabled: running,
    select: withSteadyAddresses,
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data as Job) ? false : LOOK_MS),
  });
  const over = running && data !== undefined && hasEnded(data);
  useEffect(() => {
    if (!over) return;
    onEnd(data);
    void cache.invalidateQueries({ queryKey: [KEY] });
  }, [over]); // eslint-disable-line react-hooks/exhaustive-deps -- once for each end, whatever else is new
  return running && data ? data : job;
}

/** Gone from sight at once; back again where the server refuses. */
export function useDelete() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Pick<Job, "id">) => client.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }),
    onMutate: async ({ id }) => {
      await cache.cancelQueries({ queryKey: [KEY] });
      const before = cache.getQueriesData<Pages>({ queryKey: [KEY] });
      cache.setQueriesData<Pages>({ queryKey: [KEY] }, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, jobs: page.jobs.filter((job) => job.id !== id) })) });
      return before;
    },
    onError: (_error, _job, before) => before?.forEach(([key, data]) => cache.setQueryData(key, data)),
    onSettled: () => cache.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useRestore() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Pick<Job, "id">) => client.POST("/api/v1/jobs/{job_id}/restore", { params: { path: { job_id: id } } }),
    onSettled: () => cache.invalidateQueries({ queryKey: [KEY] }),
  });
}

/** The addresses in hand have run out: have new ones. */
export function useRenewal(): () => void {
  const cache = useQueryClient();
  return () => void cache.invalidateQueries({ queryKey: [KEY] });
}
