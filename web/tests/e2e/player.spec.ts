// The player, on a video made for it: joins, seeking by all means, captions, files, a link that has expired.
import { readFile } from "node:fs/promises";
import { ended, film, submit, tokenFor } from "./arrange";
import { expect, signIn, test } from "./stack";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("plays through every join, seeks, shows captions, downloads, and outlives its link", async ({ page, stack, user }) => {
  const token = await tokenFor(stack, user);
  const board = film(["first light on the hills", "noon over the valley", "the last train home"]);
  const scenes = board.scenes.map((scene, n) => ({ ...scene, duration: 2.5, ...(n === 1 ? { narration: "It was noon." } : {}) }));
  const { id } = await submit(stack, token, { ...board, scenes });
  await signIn(page, stack, user);
  const job = await ended(stack, token, id);
  await page.goto(`${stack.run.app_url}/jobs/${id}`);

  const video = page.getByLabel(job.title, { exact: true });
  const time = () => video.evaluate((element: HTMLVideoElement) => element.currentTime);
  const seek = page.getByRole("slider", { name: "Seek" });
  const strip = page.getByRole("group", { name: "Timeline" }).getByRole("button");
  await expect(strip).toHaveCount(3);

  await page.getByRole("button", { name: "Play the video" }).click();
  await expect.poll(time).toBeGreaterThan(0);
  await page.keyboard.press("k");
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await page.keyboard.press("Home");
  await expect.poll(time).toBe(0);

  // Every picture's time, from the first to the end.
  const seen = await video.evaluate(async (element: HTMLVideoElement) => {
    const times: number[] = [];
    const note = (_: number, { mediaTime }: { mediaTime: number }) => {
      times.push(mediaTime);
      element.requestVideoFrameCallback(note);
    };
    element.requestVideoFrameCallback(note);
    await element.play();
    await new Promise((done) => element.addEventListener("ended", done, { once: true }));
    return times;
  });
  const duration = job.video?.duration ?? 0;
  expect(seen.at(-1)).toBeGreaterThan(duration - 0.5);
  expect(seen).toEqual([...seen].sort((one, other) => one - other));
  for (const join of [2.5, 5]) {
    expect(seen.some((at) => at > join - 0.5 && at < join), `a picture before the join at ${join} s`).toBe(true);
    expect(seen.some((at) => at >= join && at < join + 0.5), `a picture behind the join at ${join} s`).toBe(true);
  }
  await expect(strip.nth(2)).toHaveAttribute("aria-current", "true");

  // By click, by chapter, by keys.
  await strip.nth(1).click();
  await expect.poll(time).toBeCloseTo(2.5, 1);
  await page.getByRole("button", { name: "Next scene" }).click();
  await expect.poll(time).toBeCloseTo(5, 1);
  const box = await seek.boundingBox();
  await seek.click({ position: { x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2 } });
  await expect.poll(time).toBeCloseTo(duration / 2, 1);
  await expect(page.getByTestId("thumbnail").locator("image")).toHaveAttribute("href", /^http/);
  await expect(page.getByTestId("thumbnail")).toContainText("2. noon over the valley");
  await video.focus();
  await page.keyboard.press("0");
  await expect.poll(time).toBe(0);
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(time).toBeCloseTo(2.5, 1);
  await page.keyboard.press("ArrowRight");
  await expect.poll(time).toBeCloseTo(duration, 1);
  await page.keyboard.press("Home");
  await page.keyboard.press("m");
  await expect(page.getByRole("button", { name: "Sound on" })).toBeVisible();

  // Captions are of the scene that speaks; what somebody likes is kept.
  await page.keyboard.press("c");
  await expect(page.getByRole("button", { name: "Captions" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => [...(element.textTracks[0]?.cues ?? [])].map((cue) => (cue as VTTCue).text).join(" "))).toContain("It was noon.");
  await page.getByRole("button", { name: /^Play from scene 3/ }).click();
  await expect.poll(time).toBeGreaterThan(5);

  // A signature that is no good any more is refused by the store as an expired one is.
  await video.evaluate((element: HTMLVideoElement) => {
    element.pause();
    element.currentTime = 3;
    element.src = element.src.replace(/(X-Amz-Signature=).{8}/, "$100000000");
  });
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThanOrEqual(2);
  expect(await video.evaluate((element: HTMLVideoElement) => element.src)).not.toContain("X-Amz-Signature=00000000");

  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download", exact: true }).click()]);
  const bytes = await readFile(await file.path());
  expect(file.suggestedFilename()).toMatch(/\.mp4$/);
  expect([bytes.length, bytes.subarray(4, 8).toString()]).toEqual([job.video?.size, "ftyp"]);
  await page.getByRole("button", { name: "Copy the link" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${stack.run.app_url}/jobs/${id}`);

  await page.reload();
  await expect(page.getByRole("button", { name: "Sound on" })).toBeVisible();

  // So is that of a clip: the job is asked for new ones.
  await page.route(`**/api/v1/jobs/${id}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll(/(X-Amz-Signature=).{8}/g, "$100000000") });
  }, { times: 1 });
  await page.reload();
  await page.getByRole("button", { name: "Takes of scene 1" }).click();
  const clip = page.getByRole("dialog").getByLabel("Take 1");
  await expect.poll(() => clip.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThanOrEqual(1);
  expect(await clip.getAttribute("src")).not.toContain("X-Amz-Signature=00000000");

  // Storage lets go of videos after months: these two answers are made up.
  await page.route(`**/jobs/${id}/video`, (route) => route.fulfill({ status: 404, contentType: "application/problem+json", body: JSON.stringify({ code: "video_expired", detail: "the video is no longer kept" }) }));
  await page.route((url) => url.pathname === new URL(job.video?.url ?? "").pathname, (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("The video is no longer kept.");
});
