// One visitor, from the landing page to a video that plays to its end.
import { expect, test } from "./stack";

test("words become a video", async ({ signedIn: page }) => {
  await page.getByRole("textbox").first().fill("a lighthouse at dusk, a storm rolls in, the light comes on");
  await page.getByRole("button", { name: /storyboard/i }).click();
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await page.getByRole("button", { name: /^generate for at most/i }).click();
  await page.waitForURL(/\/jobs\//);
  const video = page.locator("video").first();
  await expect(video).toBeVisible({ timeout: 150_000 });
  await video.evaluate((element: HTMLVideoElement) => element.play());
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0.5);
});
