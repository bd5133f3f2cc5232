import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, authorized, client, idempotencyKey, type Job, type Schemas } from "@/lib/api";
import { follow } from "@/lib/events";

export const ENDED: readonly Schemas["JobStatus"][] = ["succeeded", "failed", "cancelled"];

const POLL_MS = 4_000;

export function useJob(id: string, polling: boolean) {
  return api.useQuery("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }, { refetchInterval: polling ? POLL_MS : false });
}

/** Every event is a reason to look again; while the line is down, a look every few seconds stands in. Answers whether the line is up. */
export function useLine(id: string, job: Job | undefined): boolean {
  const cache = useQueryClient();
  const [live, setLive] = useState(true);
  const revision = job?.revision;
  const running = job !== undefined && !ENDED.includes(job.status);

  useEffect(() => {
    if (!running) return;
    const gone = new AbortController();
    const look = throttled(() => void cache.invalidateQueries(api.queryOptions("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } })), 350);
    void follow({
      signal: gone.signal,
      open: (last, signal) =>
        authorized(new Request(`/api/v1/jobs/${encodeURIComponent(id)}/events`, { signal, headers: { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }) } })),
      onLine: setLive,
      onEvent: (event) => {
        look();
        return isEnd(event.data);
      },
    });
    return () => gone.abort();
  }, [cache, id, revision, running]);

  return live || !running;
}

function isEnd(data: string): boolean {
  try {
    const told = JSON.parse(data) as Schemas["EventView"];
    return told.scene === 0 && ENDED.includes(told.data.status as Schemas["JobStatus"]);
  } catch {
    return false;
  }
}

/** At most one call in so many ms, and always one after the last request for it. */
function throttled(call: () => void, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      call();
    }, ms);
  };
}

function useChange<T>(change: (given: T) => Promise<unknown>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => cache.invalidateQueries() });
}

export function useCancel(id: string) {
  return useChange<undefined>(() => client.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } }));
}

export function useRetry(id: string) {
  return useChange<{ placeholders: boolean; key: string }>(({ placeholders, key }) =>
    client.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: id }, header: { "Idempotency-Key": key } }, body: { placeholders } }),
  );
}

export function useRegenerate(id: string) {
  return useChange<{ number: number; key: string }>(({ number, key }) =>
    client.POST("/api/v1/jobs/{job_id}/scenes/{number}/regenerate", { params: { path: { job_id: id, number }, header: { "Idempotency-Key": key } } }),
  );
}

export function useRemove(id: string) {
  return useChange<undefined>(() => client.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));
}

export const newKey = idempotencyKey;
