import { client } from "@/lib/api";

/** A fresh link, since the one on the page may have expired; the browser does the rest. */
export async function download(id: string): Promise<void> {
  const { data: job } = await client.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } });
  if (!job?.video?.url) return;
  const link = document.createElement("a");
  link.href = job.video.url;
  link.download = `${job.title}.mp4`;
  link.rel = "noopener";
  link.click();
}
