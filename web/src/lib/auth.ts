// Signing in: code + PKCE on the hosted pages. Tokens live in sessionStorage: a reload keeps them, another tab and a
// closed one don't (docs/adr/0008-tokens-in-the-session.md).
import { UserManager, WebStorageStateStore, type User } from "oidc-client-ts";
import type { Config } from "./config";
import { problemOf } from "./problems";
import { accessToken } from "./tokens";

export const CALLBACK = "/callback";

/** `page` is where the hosted pages begin: signing up is signing in by another door. */
export function createUserManager({ identity }: Config, page: "/oauth2/authorize" | "/signup" = "/oauth2/authorize"): UserManager {
  const origin = window.location.origin;
  return new UserManager({
    authority: identity.issuer,
    metadata: {
      issuer: identity.issuer,
      authorization_endpoint: `${identity.pages}${page}`,
      token_endpoint: `${identity.pages}/oauth2/token`,
      revocation_endpoint: `${identity.pages}/oauth2/revoke`,
      end_session_endpoint: `${identity.pages}/logout`,
    },
    client_id: identity.client_id,
    redirect_uri: `${origin}${CALLBACK}`,
    response_type: "code",
    scope: "openid email profile aws.cognito.signin.user.admin",
    userStore: new WebStorageStateStore({ store: window.sessionStorage }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
    automaticSilentRenew: page === "/oauth2/authorize",
    revokeTokensOnSignout: false,
    loadUserInfo: false,
  });
}

/** Where somebody goes back to after signing in: an address of this app, whatever the state claims. */
export function safeReturn(state: unknown): string {
  const wanted = typeof state === "object" && state !== null && "back" in state ? state.back : undefined;
  if (typeof wanted !== "string" || !wanted.startsWith("/") || wanted.startsWith("//") || wanted.includes("\\")) return "/create";
  const url = new URL(wanted, window.location.origin);
  const inside = url.origin === window.location.origin && !url.pathname.startsWith("//") && url.pathname !== CALLBACK;
  return inside ? url.pathname + url.search + url.hash : "/create";
}

/** Cognito's own way out: its session ends too, so that the next sign-in asks for the password again. */
export async function signOut(manager: UserManager, { identity }: Config): Promise<void> {
  // A copy of this tab has the same refresh token. Best effort: who wants out gets out.
  await manager.revokeTokens(["refresh_token"]).catch(() => undefined);
  await leave(manager, identity);
}

/** Every refresh token of this user's, on every device, is worth nothing from now on. */
export async function signOutEverywhere(manager: UserManager, { identity }: Config): Promise<void> {
  const response = await fetch(`${identity.api}/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.GlobalSignOut",
    },
    body: JSON.stringify({ AccessToken: await accessToken() }),
  });
  if (!response.ok) throw await problemOf(response);
  await leave(manager, identity);
}

async function leave(manager: UserManager, identity: Config["identity"]): Promise<void> {
  manager.stopSilentRenew();
  // Without the event of it: the page would show that one is signed out while it is left.
  await manager.storeUser(null);
  const query = new URLSearchParams({ client_id: identity.client_id, logout_uri: `${window.location.origin}/` });
  window.location.assign(`${identity.pages}/logout?${query}`);
}

/** Who is signed in, as the ID token says. */
export function profileOf(user: User): { email: string; tier: string } {
  const groups = user.profile["cognito:groups"];
  const known = ["enterprise", "pro", "free"].find((tier) => Array.isArray(groups) && groups.includes(tier));
  return { email: String(user.profile.email ?? user.profile.sub), tier: known ?? "free" };
}
