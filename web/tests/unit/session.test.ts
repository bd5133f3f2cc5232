import { ErrorResponse, User, type UserManager } from "oidc-client-ts";
import { describe, expect, it } from "vitest";
import { tokensOf } from "@/lib/tokens";

const user = (more: object = {}) =>
  new User({ access_token: "old", refresh_token: "refresh", token_type: "Bearer", profile: { sub: "1", iss: "i", aud: "a", exp: 1, iat: 1 }, expires_at: 9_999_999_999, ...more });

function sessions(known: User | null, answer: () => Promise<User>) {
  const asked = { times: 0 };
  const manager = { getUser: async () => known, signinSilent: () => ((asked.times += 1), answer()) } as unknown as UserManager;
  return { tokens: tokensOf(manager), asked };
}

describe("the access token", () => {
  it("is the one at hand until it has run out", async () => {
    expect(await sessions(user(), async () => user()).tokens.current()).toBe("old");
    expect(await sessions(user({ expires_at: 1 }), async () => user()).tokens.current()).toBeNull();
    expect(await sessions(null, async () => user()).tokens.current()).toBeNull();
  });

  it("is renewed once for all who ask at the same time, and anew for who asks later", async () => {
    const { tokens, asked } = sessions(user(), async () => user({ access_token: "new" }));
    expect(await Promise.all([tokens.renewed(), tokens.renewed(), tokens.renewed()])).toEqual(["new", "new", "new"]);
    expect(asked.times).toBe(1);
    await tokens.renewed();
    expect(asked.times).toBe(2);
  });

  it("is not to be had where the sign-in refuses, or where there is nothing to renew it with", async () => {
    for (const refused of [new ErrorResponse({ error: "invalid_grant" }), new Error("sub in id_token does not match current sub")]) {
      expect(await sessions(user(), () => Promise.reject(refused)).tokens.renewed()).toBeNull();
    }
    const { tokens, asked } = sessions(user({ refresh_token: undefined }), async () => user());
    expect(await tokens.renewed()).toBeNull();
    expect(asked.times).toBe(0);
  });

  it.each([new TypeError("Failed to fetch"), new ErrorResponse({ error: "server_error" }), new Error("Bad Gateway (502)")])("is no less to be had for %s: that ends no session", async (error) => {
    await expect(sessions(user(), () => Promise.reject(error)).tokens.renewed()).rejects.toBeInstanceOf(TypeError);
  });
});
