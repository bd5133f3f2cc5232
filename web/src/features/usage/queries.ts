import { useInfiniteQuery } from "@tanstack/react-query";
import { api, client, type Schemas } from "@/lib/api";
import { hasEnded } from "@/lib/status";

const PERIODS = 12;
const PAGE = 20;
const LOOK_MS = 5_000;

/** Looked at again and again while videos are in the making: they hold what they may cost. */
export function useUsage() {
  return api.useQuery("get", "/api/v1/usage", { params: { query: { periods: PERIODS } } }, {
    refetchInterval: (query) => ((query.state.data as Schemas["UsageView"] | undefined)?.active ? LOOK_MS : false),
  });
}

export function useCosts() {
  return useInfiniteQuery({
    queryKey: ["costs"],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await client.GET("/api/v1/jobs", { params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } }, signal });
      return data as Schemas["JobPage"];
    },
    getNextPageParam: (last) => last.cursor,
    select: (data) => data.pages.flatMap((page) => page.jobs),
    refetchInterval: (query) => (query.state.data?.pages.some((page) => !page.jobs.every(hasEnded)) ? LOOK_MS : false),
  });
}
