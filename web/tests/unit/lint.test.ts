import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

const eslint = new ESLint();

async function refused(path: string, from: string): Promise<boolean> {
  const [result] = await eslint.lintText(`import { x } from "${from}";\nexport { x };\n`, { filePath: path });
  return result?.messages.some(({ ruleId }) => ruleId === "no-restricted-imports") ?? false;
}

describe("features", { timeout: 30_000 }, () => {
  it.each(["@/features/jobs/queries", "@/features/jobs", "../jobs/queries", "../jobs", "../../features/jobs/queries", "@/app/queries", "../../app/queries"])("don't import each other, nor the app: %s", async (from) => {
    expect(await refused("src/features/library/Library.tsx", from)).toBe(true);
  });

  it.each(["@/lib/api", "./queries"])("import what is shared, and their own: %s", async (from) => {
    expect(await refused("src/features/library/Library.tsx", from)).toBe(false);
  });

  it.each(["@/features/jobs/queries", "../features/jobs/queries", "../app/queries", "@/app/queries"])("are unknown to lib: %s", async (from) => {
    expect(await refused("src/lib/api.ts", from)).toBe(true);
  });
});
