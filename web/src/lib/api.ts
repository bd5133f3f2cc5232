// The typed client: types are generated from the API's own document (`make web-types`), errors are Problems.
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { components, paths } from "./api/schema";
import { problemOf } from "./problems";
import { authorized } from "./tokens";

export { authorized };

export type Schemas = components["schemas"];
export type Job = Schemas["JobView"];
export type SceneOfJob = Schemas["SceneView"];
export type Storyboard = Schemas["StoryboardBody"];
export type Estimate = Schemas["EstimateView"];
export type Model = Schemas["ModelView"];

const problems: Middleware = {
  async onResponse({ request, response }) {
    if (!response.ok) throw await problemOf(response, request);
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
