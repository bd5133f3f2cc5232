import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, type Schemas } from "@/lib/api";

export type Status = Schemas["JobStatus"];
const PAGE = 24;

export function useJobs(status: Status | null) {
  return useInfiniteQuery({
    queryKey: ["library", status],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}), ...(status ? { status } : {}) };
      const { data } = await client.GET("/api/v1/jobs", { params: { query }, signal });
      return data as Schemas["JobPage"];
    },
    getNextPageParam: (last) => last.cursor,
  });
}

export function useDelete() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }),
    onSettled: () => cache.invalidateQueries({ queryKey: ["library"] }),
  });
}

export function useRestore() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.POST("/api/v1/jobs/{job_id}/restore", { params: { path: { job_id: id } } }),
    onSettled: () => cache.invalidateQueries({ queryKey: ["library"] }),
  });
}
