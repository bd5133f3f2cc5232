// `fetch` with the access token. One that is refused or has run out is renewed silently, once for all who ask; only the
// sign-in's own "no" ends a session: a network that is gone, or a page that is left, must not.
import { ErrorResponse, type UserManager } from "oidc-client-ts";
import { answered, unanswered } from "./reach";

/** Gives the access token, and gets a new one when it is refused. Null: the session has ended. */
export interface Tokens {
  current(): Promise<string | null>;
  renewed(): Promise<string | null>;
}

/** What of a UserManager is needed here. */
export type Sessions = Pick<UserManager, "getUser" | "signinSilent" | "removeUser">;

export function tokensOf(manager: Sessions): Tokens {
  let renewing: Promise<string | null> | null = null;
  const renew = async () => {
    const before = await manager.getUser();
    if (!before?.refresh_token) return null;
    try {
      return (await manager.signinSilent())?.access_token ?? null;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw new TypeError("Failed to fetch a new token", { cause: error });
    }
  };
  return {
    current: async () => {
      const user = await manager.getUser();
      return user && !user.expired ? user.access_token : null;
    },
    // Ten requests that are refused at once ask for one new token.
    renewed: () => (renewing ??= renew().finally(() => (renewing = null))),
  };
}

const NO = ["invalid_grant", "invalid_request", "invalid_client", "unauthorized_client"];

/** The sign-in was reached and has said no, or speaks of somebody else; its failing (5xx) is no answer. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof ErrorResponse) return NO.includes(error.error ?? "");
  return error instanceof Error && error.message.includes("id_token does not match");
}

let tokens: Tokens = { current: async () => null, renewed: async () => null };
let whenSignedOut: () => void = () => undefined;

export function connectTokens(given: Tokens, signedOut: () => void): void {
  tokens = given;
  whenSignedOut = signedOut;
}

/** The access token, renewed if it has run out. Null, and the session is over, where the sign-in gives none. Raises TypeError where it can't be asked. */
export async function accessToken(): Promise<string | null> {
  const token = (await tokens.current()) ?? (await tokens.renewed());
  if (token === null) whenSignedOut();
  return token;
}

/** `fetch` with the token; a refused token is renewed once. */
export async function authorized(input: Request): Promise<Response> {
  const again = input.clone();
  const token = await accessToken();
  const response = await send(input, token);
  if (response.status !== 401 || token === null) return response;
  const renewed = await tokens.renewed();
  if (renewed === null) {
    whenSignedOut();
    return response;
  }
  return send(again, renewed);
}

async function send(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  try {
    const response = await fetch(request);
    answered(response);
    return response;
  } catch (error) {
    unanswered(error);
    throw error;
  }
}
