import { keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, client, idempotencyKey, type Schemas } from "@/lib/api";
import { asProblem } from "@/lib/problems";
import type { Attempt } from "./draft";

export function useModels() {
  return api.useQuery("get", "/api/v1/models", {}, { staleTime: 3_600_000 });
}

export function useUsage() {
  return api.useQuery("get", "/api/v1/usage", { params: { query: { periods: 1 } } });
}

/** What a storyboard would cost as it stands; the last answer stays in sight while the next is asked for. */
export function usePrice(body: Schemas["StoryboardBody"] | null) {
  return api.useQuery("post", "/api/v1/storyboards/estimate", { body: body as Schemas["StoryboardBody"] }, {
    enabled: body !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    // What the storyboard is refused for, it is refused for again; a lost connection comes back.
    retry: (failures, error) => failures < 3 && asProblem(error).status === 0,
  });
}

export function useDraft() {
  return useMutation({
    mutationFn: async (brief: Schemas["BriefRequest"]) => {
      const { data } = await client.POST("/api/v1/storyboards", { body: brief });
      return data as Schemas["DraftView"];
    },
  });
}

/** An attempt is kept until it is answered (draft.ts): a lost reply is never a second job. */
export function useSubmit() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, maxCost, key }: Attempt) => {
      const { data } = await client.POST("/api/v1/jobs", {
        params: { header: { "Idempotency-Key": key } },
        body: { storyboard: body, max_cost: maxCost },
      });
      return data as Schemas["JobView"];
    },
    onSuccess: () => cache.invalidateQueries(),
  });
}

export const newKey = idempotencyKey;

/** A small silent video of the storyboard as it stands. */
export function useAnimatic() {
  return useMutation({
    mutationFn: async (storyboard: Schemas["StoryboardBody"]) => {
      const { data } = await client.POST("/api/v1/storyboards/animatic", { body: { storyboard } });
      return data as Schemas["SketchView"];
    },
  });
}

export interface Sending {
  progress: (share: number) => void;
  signal: AbortSignal;
}

/** Straight to the object store, with progress; the id is what a scene refers to. */
export async function upload(file: File, { progress, signal }: Sending): Promise<string> {
  const { data } = await client.POST("/api/v1/uploads", { body: { content_type: file.type, size: file.size }, signal });
  const form = data as Schemas["UploadView"];
  await send(form, file, { progress, signal });
  return form.id;
}

// XMLHttpRequest: fetch tells nothing of how much has been sent.
function send({ url, method, fields }: Schemas["UploadView"], file: File, { progress, signal }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Error("The picture was not taken. Try again, or try another one."))));
    request.addEventListener("error", () => reject(new TypeError("The store can't be reached.")));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(formOf(fields, file));
  });
}

function formOf(fields: Record<string, string>, file: File): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return form;
}
