// The typed client: types are generated from the API's own document (`npm run api`), errors are Problems.
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { UserManager } from "oidc-client-ts";
import type { components, paths } from "./api/schema";
import { problemOf } from "./problems";

export type Schemas = components["schemas"];
export type Job = Schemas["JobView"];
export type SceneOfJob = Schemas["SceneView"];
export type Storyboard = Schemas["StoryboardBody"];
export type Estimate = Schemas["EstimateView"];
export type Model = Schemas["ModelView"];

/** Gives the access token, and gets a new one when it is refused. */
export interface Tokens {
  current(): Promise<string | null>;
  renewed(): Promise<string | null>;
}

export function tokensOf(manager: UserManager): Tokens {
  let renewing: Promise<string | null> | null = null;
  return {
    current: async () => {
      const user = await manager.getUser();
      return user && !user.expired ? user.access_token : null;
    },
    // Ten requests that are refused at once ask for one new token.
    renewed: () =>
      (renewing ??= manager
        .signinSilent()
        .then((user) => user?.access_token ?? null)
        .catch(() => null)
        .finally(() => (renewing = null))),
  };
}

let tokens: Tokens = { current: async () => null, renewed: async () => null };
let whenSignedOut: () => void = () => undefined;

export function connectTokens(given: Tokens, signedOut: () => void): void {
  tokens = given;
  whenSignedOut = signedOut;
}

/** `fetch` with the token; a refused token is renewed once, then the session is over. */
export async function authorized(input: Request): Promise<Response> {
  const again = input.clone();
  const token = (await tokens.current()) ?? (await tokens.renewed());
  let response = await send(input, token);
  if (response.status === 401) {
    const renewed = await tokens.renewed();
    if (renewed !== null && renewed !== token) response = await send(again, renewed);
    if (response.status === 401) whenSignedOut();
  }
  return response;
}

function send(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  return fetch(request);
}

const problems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
    return undefined;
  },
};

export const client = createFetchClient<paths>({ baseUrl: window.location.origin, fetch: authorized });
client.use(problems);

/** Queries and mutations by path: `api.useQuery("get", "/api/v1/models")`. */
export const api = createQueryClient(client);

/** A key that makes a repeated submission the same one. */
export function idempotencyKey(): string {
  return crypto.randomUUID();
}
