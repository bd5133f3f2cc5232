import { QueryClient } from "@tanstack/react-query";
import { asProblem, OFFLINE } from "@/lib/problems";

/** Only what may pass is asked again by itself, and never before the server wants it. */
function worthAnotherTry(failures: number, error: unknown): boolean {
  const problem = asProblem(error);
  return failures < 3 && (problem.code === OFFLINE || problem.status >= 500);
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: worthAnotherTry,
      retryDelay: (failures, error) => (asProblem(error).retryAfter ?? Math.min(8, 2 ** failures)) * 1000,
    },
    mutations: { retry: false },
  },
});
