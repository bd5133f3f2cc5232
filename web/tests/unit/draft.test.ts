import { beforeEach, describe, expect, it } from "vitest";
import { attempt, forget, forgetAttempt } from "@/features/storyboard/draft";

const shelf = new Map<string, string>();
const storage = {
  getItem: (name: string) => shelf.get(name) ?? null,
  setItem: (name: string, text: string) => void shelf.set(name, text),
  removeItem: (name: string) => void shelf.delete(name),
};
const body = (prompt: string) => ({ scenes: [{ prompt, duration: 5 }] });

describe("what is sent to have a storyboard filmed", () => {
  beforeEach(() => shelf.clear());

  it("is the same request again until it is answered, also for a page that was loaded anew and has another price", () => {
    const first = attempt(storage, "me", { body: body("a cat"), maxCost: "1.20", key: "one" });
    expect(first.key).toBe("one");
    expect(attempt(storage, "me", { body: body("a cat"), maxCost: "1.50", key: "two" })).toEqual(first);
  });

  it("is another request for another storyboard, or another person", () => {
    attempt(storage, "me", { body: body("a cat"), maxCost: "1.20", key: "one" });
    expect(attempt(storage, "you", { body: body("a cat"), maxCost: "1.20", key: "two" }).key).toBe("two");
    expect(attempt(storage, "me", { body: body("a dog"), maxCost: "1.20", key: "three" }).key).toBe("three");
  });

  it.each([forget, forgetAttempt])("is another one once it is over", (over) => {
    attempt(storage, "me", { body: body("a cat"), maxCost: "1.20", key: "one" });
    over(storage, "me");
    expect(attempt(storage, "me", { body: body("a cat"), maxCost: "1.20", key: "two" }).key).toBe("two");
  });

  it("goes on without a memory, and past nonsense in it", () => {
    const full = { getItem: () => "{", setItem: () => { throw new DOMException("full", "QuotaExceededError"); } };
    expect(attempt(full, "me", { body: body("a cat"), maxCost: "1.20", key: "one" }).key).toBe("one");
  });
});
