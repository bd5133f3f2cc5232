import { authorized } from "@/lib/api";
import { problemOf } from "@/lib/problems";

/** The video, or a file beside it, into the downloads folder. */
export async function download(id: string, kind?: string): Promise<void> {
  const place = kind ? `files/${encodeURIComponent(kind)}` : "video";
  save(await addressOf(`/api/v1/jobs/${encodeURIComponent(id)}/${place}?download=true`));
}

/** Raises the Problem that the API has with it. */
export async function findVideo(id: string): Promise<void> {
  await addressOf(`/api/v1/jobs/${encodeURIComponent(id)}/video`);
}

/** Where an API's address leads to: a fresh link that browsers save under the file's own name. Only its first bytes are fetched here. */
async function addressOf(path: string): Promise<string> {
  const gone = new AbortController();
  const response = await authorized(new Request(path, { signal: gone.signal }));
  if (!response.ok) throw await problemOf(response);
  gone.abort();
  return response.url;
}

function save(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noopener";
  link.download = "";
  link.click();
}
