import { keepPreviousData, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, authorized, client, idempotencyKey, type Job, type Schemas } from "@/lib/api";
import { follow } from "@/lib/events";
import { ENDED, hasEnded } from "@/lib/status";
import { serial } from "./serial";

/** How news of a job come in: by its line; by looking while that is down; or not any more, since there are none. */
export type Line = "up" | "down" | "over";

const LOOK_MS: Record<Line, number> = { up: 30_000, down: 3_000, over: 1_500 };

export function jobQuery(id: string, revision?: number) {
  return api.queryOptions("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: id }, ...(revision ? { query: { revision } } : {}) } });
}

/** The job, and how news of it come in. */
export function useJob(id: string): { job: UseJob; line: Line } {
  const [line, setLine] = useState<Line>("up");
  const job = api.useQuery("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }, {
    // While it is being made, a look now and then, however the line is: nobody waits for an event that got lost.
    refetchInterval: (query) => (query.state.data && !hasEnded(query.state.data) ? LOOK_MS[line] : false),
  });
  useLine(id, job.data, setLine);
  return { job, line };
}

type UseJob = ReturnType<typeof useEarlier>;

/** An earlier revision, as it ended. */
export function useEarlier(id: string, revision: number) {
  return api.useQuery("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: id }, query: { revision } } }, { enabled: revision > 0, staleTime: 60_000 });
}

/** Every event is a reason to look again. */
function useLine(id: string, job: Job | undefined, say: (line: Line) => void): void {
  const cache = useQueryClient();
  const revision = job?.revision;
  const running = job !== undefined && !hasEnded(job);

  useEffect(() => {
    if (!running) return;
    const gone = new AbortController();
    const look = serial(() => cache.refetchQueries({ queryKey: jobQuery(id).queryKey, exact: true }), 300);
    say("up");
    void follow({
      signal: gone.signal,
      nudge: window,
      open: (last, signal) =>
        authorized(new Request(`/api/v1/jobs/${encodeURIComponent(id)}/events`, { signal, headers: { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }) } })),
      onLine: (live) => say(live ? "up" : "down"),
      onEvent: (event) => {
        look();
        return isEnd(event.data);
      },
    }).then(() => gone.signal.aborted || say("over"));
    return () => gone.abort();
  }, [cache, id, revision, running, say]);
}

function isEnd(data: string): boolean {
  try {
    const told = JSON.parse(data) as Schemas["EventView"];
    return told.scene === 0 && ENDED.includes(told.data.status as Schemas["JobStatus"]);
  } catch {
    return false;
  }
}

/** What changes a job answers with the job as it is now: that is shown at once, and what else knows of it is asked anew. */
function useChange<T>(id: string, change: (given: T) => Promise<{ data?: Job | undefined }>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: ({ data }) => show(cache, id, data),
    // Not what an edit would come to: a job that is being made takes none.
    onSettled: () => cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "patch" }),
  });
}

function show(cache: QueryClient, id: string, job: Job | undefined): void {
  if (job) cache.setQueryData(jobQuery(id).queryKey, job);
}

const at = (id: string, key: string) => ({ path: { job_id: id }, header: { "Idempotency-Key": key } });

export function useCancel(id: string) {
  return useChange<undefined>(id, () => client.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } }));
}

export function useRetry(id: string) {
  return useChange<{ wish: Schemas["RetryRequest"]; key: string }>(id, ({ wish, key }) => client.POST("/api/v1/jobs/{job_id}/retry", { params: at(id, key), body: wish }));
}

export function useRegenerate(id: string) {
  return useChange<{ number: number; key: string; wish: Schemas["RegenerateRequest"] }>(id, ({ number, key, wish }) =>
    client.POST("/api/v1/jobs/{job_id}/scenes/{number}/regenerate", { params: { ...at(id, key), path: { job_id: id, number } }, body: wish }),
  );
}

export function useEdit(id: string) {
  return useChange<{ edit: Schemas["StoryboardEdit"]; key: string }>(id, async ({ edit, key }) => {
    const { data } = await client.PATCH("/api/v1/jobs/{job_id}/storyboard", { params: at(id, key), body: edit });
    return { data: data as Job | undefined };
  });
}

/** What an edit of this revision would come to; the last answer stays in sight while the next is asked for. Nothing is stored by it. */
export function useForecast(job: Job, edit: Schemas["StoryboardEdit"] | null) {
  return useQuery({
    queryKey: ["patch", job.id, job.revision, edit],
    queryFn: async ({ signal }) => {
      const { data } = await client.PATCH("/api/v1/jobs/{job_id}/storyboard", { params: { path: { job_id: job.id }, query: { dry_run: true } }, body: edit ?? {}, signal });
      return data as Schemas["ForecastView"];
    },
    enabled: edit !== null,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });
}

export function usePreview(id: string) {
  return useMutation({
    mutationFn: async () => {
      const { data } = await client.POST("/api/v1/jobs/{job_id}/preview", { params: { path: { job_id: id } } });
      return data as Schemas["SketchView"];
    },
  });
}

/** The video's parts, for an editing program. */
export function useExport(id: string, wanted: boolean) {
  return api.useQuery("get", "/api/v1/jobs/{job_id}/export", { params: { path: { job_id: id } } }, { enabled: wanted });
}

export function useRemove(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }),
    onSettled: () => cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== "/api/v1/jobs/{job_id}" }),
  });
}

/** The addresses in hand have run out: have new ones. */
export function useRenewal(): () => void {
  const cache = useQueryClient();
  return () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/jobs/{job_id}"] });
}

export const newKey = idempotencyKey;
