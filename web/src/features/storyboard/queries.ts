import { keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, client, idempotencyKey, type Schemas } from "@/lib/api";

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
    retry: false,
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

/** The same key for as long as the same storyboard is tried: a lost reply is never a second job. */
export function useSubmit() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, maxCost, key }: { body: Schemas["StoryboardBody"]; maxCost: string; key: string }) => {
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

/** Straight to the object store, with progress; the id is what a scene refers to. */
export async function upload(file: File, progress: (share: number) => void): Promise<string> {
  const { data } = await client.POST("/api/v1/uploads", { body: { content_type: file.type, size: file.size } });
  const { id, url, method, fields, headers } = data as Schemas["UploadView"];
  await send(url, method, fields, headers, file, progress);
  return id;
}

// XMLHttpRequest: fetch tells nothing of how much has been sent.
function send(url: string, method: string, fields: Record<string, string>, headers: Record<string, string>, file: File, progress: (share: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Error(`The store refuses the file (${request.status}).`))));
    request.addEventListener("error", () => reject(new TypeError("The store can't be reached.")));
    request.send(method === "POST" ? formOf(fields, file) : file);
  });
}

function formOf(fields: Record<string, string>, file: File): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return form;
}
