// Signing in: code + PKCE on the hosted pages. Tokens live in sessionStorage: a reload keeps them, another tab and a
// closed one don't (docs/adr/0008-tokens-in-the-session.md).
import { UserManager, WebStorageStateStore, type User } from "oidc-client-ts";
import type { Config } from "./config";

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
  return url.origin === window.location.origin && url.pathname !== CALLBACK ? url.pathname + url.search + url.hash : "/create";
}

/** Cognito's own way out: its session ends too, so that the next sign-in asks for the password again. */
export async function signOut(manager: UserManager, { identity }: Config): Promise<void> {
  await manager.removeUser();
  const query = new URLSearchParams({ client_id: identity.client_id, logout_uri: `${window.location.origin}/` });
  window.location.assign(`${identity.pages}/logout?${query}`);
}

/** Every refresh token of this user's, on every device, is worth nothing from now on. */
export async function signOutEverywhere(manager: UserManager, config: Config): Promise<void> {
  const user = await manager.getUser();
  if (user) {
    const response = await fetch(`${config.identity.api}/`, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.GlobalSignOut",
      },
      body: JSON.stringify({ AccessToken: user.access_token }),
    });
    if (!response.ok) throw new Error(`The other devices could not be signed out (${response.status}). Try again.`);
  }
  await signOut(manager, config);
}

/** Who is signed in, as the ID token says. */
export function profileOf(user: User): { email: string; tier: string } {
  const groups = user.profile["cognito:groups"];
  const known = ["enterprise", "pro", "free"].find((tier) => Array.isArray(groups) && groups.includes(tier));
  return { email: String(user.profile.email ?? user.profile.sub), tier: known ?? "free" };
}
