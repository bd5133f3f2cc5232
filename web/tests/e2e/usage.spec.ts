// The usage page: its figures are the API's, to the last digit.
import { ask, ended, film, submit, tokenOf } from "./arrange";
import type { components } from "../../src/lib/api/schema";
import { expect, test } from "./stack";

type Usage = components["schemas"]["UsageView"];

const dollars = (usd: string) => `$${usd}`;

test("what is used, held and spent is what the API says", async ({ signedIn: page, stack }) => {
  const token = await tokenOf(page);
  const usage = () => ask<Usage>(stack, token, "GET", "/usage?periods=12");
  await page.goto(stack.run.app_url + "/usage");
  await expect(page.getByText("Free plan")).toBeVisible();
  await expect(page.getByRole("region", { name: "Videos" })).toContainText("0 of 10");
  await expect(page.getByText("Write the first one")).toBeVisible();

  // While it is made, it holds what it may cost at most.
  const { id, estimate } = await submit(stack, token, film("a paper boat on a rainy street", { title: "The paper boat" }));
  await page.reload();
  const spend = page.getByRole("region", { name: "Spend" });
  await expect(spend).toContainText(`${dollars(estimate.at_most.usd)} held`);
  await expect(page.getByRole("region", { name: "At the same time" })).toContainText("1 of 2");

  // Once it is finished, the page says so without being asked.
  const job = await ended(stack, token, id);
  await expect(spend).toContainText(`${dollars(job.cost.usd)} of $50.00`);
  await expect(page.getByRole("region", { name: "Videos" })).toContainText("9 left");
  await expect(page.getByRole("region", { name: "At the same time" })).toContainText("0 of 2");

  const row = page.getByRole("table", { name: "Expected and actual" }).getByRole("row", { name: /The paper boat/ });
  await expect(row.getByRole("cell")).toHaveText([dollars(job.estimate.expected.usd), dollars(job.estimate.at_most.usd), `${dollars(job.cost.usd)}as expected`]);

  // The chart's own words: hidden from none.
  await page.getByText("The figures as a table").click();
  const figures = page.getByRole("table", { name: "The last 12 months" });
  const { months } = await usage();
  await expect(figures.getByRole("row")).toHaveCount(months.length + 1);
  const [month] = months;
  await expect(figures.getByRole("row").nth(1).getByRole("cell")).toHaveText([String(month?.settled_videos), "0", dollars(month?.settled.usd ?? ""), "$0.00"]);

  await row.getByRole("link", { name: "The paper boat" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${id}$`));
});
