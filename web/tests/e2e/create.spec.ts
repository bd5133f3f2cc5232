// From a first visit to "Create" to a video that is being made: nothing is spent before the last button.
import { ask, jobOf, tokenOf, type Schemas } from "./arrange";
import { expect, test } from "./stack";

/** A red square, 64 by 64. */
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsOtjKlsbxwi+hcEKLNP1WgQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQELgt2bkFLbxhFPwAAAABJRU5ErkJggg==", "base64");

test("a brief becomes a storyboard, survives a reload, and is filmed for at most what is said", async ({ signedIn: page, stack }) => {
  const brief = page.getByRole("textbox", { name: "Brief" });
  await expect(page.getByText("10 videos left this month")).toBeVisible();

  await test.step("what can't be planned is said in words", async () => {
    await brief.fill("a cat");
    await page.getByRole("button", { name: "Plan the storyboard" }).click();
    await expect(page.getByText(/at least 10 letters/)).toBeVisible();
    await expect(brief).toBeFocused();
    await expect(page.getByRole("slider", { name: "Length" })).toHaveAttribute("aria-valuemax", "60");
  });

  await test.step("an example, its shape, its style, its voice", async () => {
    await brief.fill("");
    await page.getByRole("button", { name: /^Short film/ }).click();
    await expect(brief).toHaveValue(/lighthouse/);
    await page.getByRole("radio", { name: "Tall, 9:16" }).click();
    await page.getByRole("radio", { name: "Noir" }).click();
    await page.getByRole("radio", { name: "480p, 480 × 854" }).click();
    await expect(page.getByText("Veo 3.1 Fast films in 720p; the picture is made smaller.")).toBeVisible();
    await expect(page.getByText(/^They show what the narration says/)).toBeVisible();
    await page.getByRole("switch", { name: "Narration" }).click();
    await page.getByRole("radio", { name: "Burned in, boxed" }).click();
    await brief.press("Control+Enter");
  });

  const price = page.getByRole("region", { name: "Price" });
  const scenes = page.getByRole("region", { name: "Timeline" }).getByRole("article");
  await test.step("the storyboard and what it costs are in sight", async () => {
    await expect(page.getByText("Noir · Tall 9:16 · 480p · Veo 3.1 Fast · Music · Captions burned in")).toBeVisible();
    await expect(price).toContainText(/at most \$\d/);
    await expect(price).toContainText("10 videos");
    await expect(page.getByRole("textbox", { name: "What scene 1 shows" })).toHaveValue(/lighthouse/i);
    await expect(page.getByRole("textbox", { name: "Narration of scene 1" })).toHaveValue(/lighthouse/i);
  });

  await test.step("a picture is sent to the store, others are refused", async () => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Picture for scene 1" }).click()]);
    await chooser.setFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
    await expect(scenes.first().getByRole("alert")).toHaveText(/PNG, JPEG or WebP/);

    const data = await page.evaluateHandle((bytes) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(bytes)], "start.png", { type: "image/png" }));
      return files;
    }, [...PICTURE]);
    await scenes.nth(1).dispatchEvent("dragover", { dataTransfer: data });
    await expect(page.getByText("Drop it: the scene starts from this picture")).toBeVisible();
    await scenes.nth(1).dispatchEvent("drop", { dataTransfer: data });
    await expect(page.getByRole("img", { name: "What scene 2 starts from" })).toBeVisible();
  });

  await test.step("a transfer that hangs can be cancelled", async () => {
    const store = /quarantine|omnigen-assets/;
    await page.route(store, (route) => (route.request().method() === "GET" ? route.continue() : new Promise(() => undefined)));
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Picture for scene 1" }).click()]);
    await chooser.setFiles({ name: "start.png", mimeType: "image/png", buffer: PICTURE });
    await expect(page.getByRole("progressbar", { name: "Upload for scene 1" })).toBeAttached();
    await page.getByRole("button", { name: "Cancel the upload for scene 1" }).click();
    await expect(page.getByRole("button", { name: "Picture for scene 1" })).toBeVisible();
    await page.unroute(store);
  });

  await test.step("a free preview plays", async () => {
    await page.getByRole("button", { name: "Preview for free" }).click();
    const video = page.getByRole("dialog").locator("video");
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0.2);
    await page.keyboard.press("Escape");
    await expect(video).toBeHidden();
  });

  await test.step("a reload loses nothing", async () => {
    await page.getByRole("textbox", { name: "What scene 1 shows" }).fill("A lighthouse keeper lights his lamp");
    await expect.poll(() => page.evaluate(() => Object.values({ ...localStorage }).join())).toContain("lights his lamp");
    await page.reload();
    await expect(page.getByRole("textbox", { name: "What scene 1 shows" })).toHaveValue("A lighthouse keeper lights his lamp");
    await expect(page.getByRole("img", { name: "What scene 2 starts from" })).toBeVisible();
  });

  await test.step("size and captions can be changed and taken back; what the server doesn't know is said where it is chosen", async () => {
    const look = page.getByRole("region", { name: "Look and sound" });
    await page.getByRole("button", { name: "Look and sound" }).click();
    await expect(look.getByRole("radio", { name: "Burned in, boxed" })).toBeChecked();
    await look.getByRole("radio", { name: "Beside the video" }).click();
    await expect(look.getByText(/^A track that viewers turn on/)).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(look.getByRole("radio", { name: "Burned in, boxed" })).toBeChecked();

    await expect.poll(() => page.evaluate(() => Object.values({ ...localStorage }).join())).not.toContain('"captions":"sidecar"');
    await page.evaluate(() => {
      for (const [name, draft] of Object.entries(localStorage)) localStorage.setItem(name, String(draft).replaceAll('"resolution":"480p"', '"resolution":"9p"'));
    });
    await page.reload();
    await page.getByRole("button", { name: "Look and sound" }).click();
    const refusal = look.getByText(/9p.*480p/);
    await expect(refusal).toBeVisible();
    await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeDisabled();
    await look.getByRole("radio", { name: /^480p/ }).click();
    await expect(refusal).toBeHidden();
  });

  await test.step("generating says what it costs at most, and leaves no draft behind", async () => {
    await page.getByRole("button", { name: "Generate", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Ready to film?" });
    await expect(dialog).toContainText("never more than $");
    await dialog.getByRole("button", { name: /^Generate for at most \$/ }).click();
    await page.waitForURL(/\/jobs\//);
    const { storyboard } = await jobOf(stack, await tokenOf(page), new URL(page.url()).pathname.replace("/jobs/", ""));
    expect(storyboard).toMatchObject({ resolution: "480p", captions: "burned", caption_style: "boxed" });
    await page.getByRole("link", { name: "Create", exact: true }).click();
    await expect(brief).toHaveValue("");
    await expect(page.getByText("9 videos left this month")).toBeVisible();
  });
});

test("a reply that is lost, and a page that is loaded anew: it is one job", async ({ signedIn: page, stack }) => {
  const brief = page.getByRole("textbox", { name: "Brief" });
  await brief.fill("A lighthouse at dusk, a storm rolls in");
  await page.getByRole("button", { name: "Plan the storyboard" }).click();
  const generate = async () => {
    await page.getByRole("button", { name: "Generate", exact: true }).click();
    await page.getByRole("button", { name: /^Generate for at most \$/ }).click();
  };
  await page.route("**/api/v1/jobs", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    await route.abort();
  });
  await generate();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("OmniGen can't be reached");
  const made = async () => (await ask<Schemas["JobPage"]>(stack, await tokenOf(page), "GET", "/jobs")).jobs.map(({ id }) => id);
  expect(await made()).toHaveLength(1);
  await page.unroute("**/api/v1/jobs");
  await page.reload();
  await generate();
  await page.waitForURL(/\/jobs\//);
  expect(await made()).toEqual([new URL(page.url()).pathname.replace("/jobs/", "")]);
});
