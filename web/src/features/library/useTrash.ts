import { useEffect, useRef, useState, type RefObject } from "react";
import { useLocation, useNavigate } from "react-router";
import type { Job } from "@/lib/api";
import type { Gone } from "./Deleted";
import { useDelete, useRestore } from "./queries";

/** What has been deleted here, or on the page that led here, the last on top; and where the focus goes. */
export function useTrash(list: RefObject<HTMLUListElement | null>) {
  const [pile, setPile] = useState<readonly Gone[]>(useArrival());
  const wanted = useRef<string | null>(null);
  const place = useRef(0);
  const removal = useDelete();
  const restoration = useRestore();
  const last = pile.at(-1);
  const drop = (id: string) => setPile((now) => now.filter((one) => one.id !== id));

  // As soon as it is back on the page.
  useEffect(() => {
    const link = wanted.current && document.getElementById(`tile-${wanted.current}`)?.querySelector("a");
    if (!link) return;
    wanted.current = null;
    link.focus();
  });

  return {
    last,
    error: removal.error,
    undoError: restoration.error,
    restoring: restoration.isPending,
    remove: (job: Job) => {
      restoration.reset();
      place.current = [...(list.current?.children ?? [])].findIndex((tile) => tile.id === `tile-${job.id}`);
      removal.mutate(job, { onSuccess: () => setPile((now) => [...now, { id: job.id, title: job.title }]) });
    },
    undo: (gone: Gone) =>
      restoration.mutate(gone, {
        onSuccess: () => {
          drop(gone.id);
          wanted.current = gone.id;
        },
      }),
    dismiss: () => {
      setPile([]);
      const tiles = list.current?.children ?? [];
      const heir = tiles[Math.max(0, Math.min(place.current, tiles.length - 1))]?.querySelector("a") ?? document.getElementById("main");
      heir?.focus();
    },
  };
}

/** Whoever deletes a video on its own page ends up here. Told once: a reload is no new deletion. */
function useArrival(): readonly Gone[] {
  const { state, search } = useLocation();
  const navigate = useNavigate();
  const id = typeof state === "object" && state !== null && "deleted" in state ? String(state.deleted) : null;
  useEffect(() => {
    if (id !== null) void navigate({ search }, { replace: true, state: null });
  }, [id, search, navigate]);
  return id === null ? [] : [{ id, title: null }];
}
