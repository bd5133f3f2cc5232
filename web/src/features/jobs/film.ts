import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import type { Job, Schemas } from "@/lib/api";
import { asProblem, EXPIRED, wordsFor } from "@/lib/problems";
import { findVideo } from "./download";
import { useSteady } from "./links";
import { jobQuery } from "./queries";
import { sheetOf, type Sheet } from "./sprites";

const TRIES = 3;

interface Film {
  url: string | null;
  /** Why it can't be loaded, with a new link neither. */
  broken: string | null;
  again: () => void;
}

/** The video's link. One that has expired is replaced, and it goes on where it was. */
export function useFilm(job: Job, earlier: boolean, screen: RefObject<HTMLVideoElement | null>): Film {
  const cache = useQueryClient();
  const [url, setUrl] = useState(job.video?.url ?? null);
  const [broken, setBroken] = useState<string | null>(null);
  const tries = useRef(0);

  const renew = async () => {
    const element = screen.current;
    const place = element ? { at: element.currentTime, playing: !element.paused } : null;
    tries.current += 1;
    try {
      const fresh = await cache.fetchQuery({ ...jobQuery(job.id, earlier ? job.revision : undefined), staleTime: 0 });
      if (!fresh.video?.url) throw new Error("there is no video any more");
      setUrl(fresh.video.url);
      if (element && place) resume(element, fresh.video.url, place);
    } catch {
      await giveUp();
    }
  };

  const giveUp = async () => setBroken(await whyNot(job.id, earlier));

  const onError = useRef<() => void>(() => undefined);
  useEffect(() => {
    onError.current = () => (tries.current < TRIES ? void renew() : void giveUp());
  });

  useEffect(() => {
    const element = screen.current;
    if (!element) return;
    const failed = () => onError.current();
    const loaded = () => {
      tries.current = 0;
      setBroken(null);
    };
    element.addEventListener("error", failed);
    element.addEventListener("canplay", loaded);
    return () => {
      element.removeEventListener("error", failed);
      element.removeEventListener("canplay", loaded);
    };
  }, [screen]);

  const again = () => {
    tries.current = 0;
    setBroken(null);
    void renew();
  };
  return { url, broken, again };
}

// Only the API knows that storage has let go of it, and only of the latest.
async function whyNot(id: string, earlier: boolean): Promise<string> {
  const error: unknown = earlier ? null : await findVideo(id).catch((refused: unknown) => refused);
  return error && asProblem(error).code === EXPIRED ? wordsFor(error).text : "The video can’t be loaded just now.";
}

// The same address again is no change to the element: it is told to load all the same.
function resume(element: HTMLVideoElement, url: string, { at, playing }: { at: number; playing: boolean }): void {
  element.addEventListener(
    "loadedmetadata",
    () => {
      element.currentTime = at;
      if (playing) void element.play().catch(() => undefined);
    },
    { once: true },
  );
  element.src = url;
  element.load();
}

/** The video's thumbnails; null where it has none, or they aren't there yet. */
export function useSheet(video: Schemas["VideoView"] | null): Sheet | null {
  const file = (kind: Schemas["SidecarKind"]) => video?.files.find((found) => found.kind === kind)?.url ?? null;
  const [url] = useSteady(file("sprites"));
  const vtt = useText(file("sprites_vtt"), `${video?.sha256}.sprites`);
  return useMemo(() => (url && vtt ? sheetOf(url, vtt) : null), [url, vtt]);
}

/** The text behind a signed link; the link changes, what it leads to doesn't. */
export function useText(url: string | null, key: string): string | null {
  const { data } = useQuery({
    queryKey: ["text", key],
    enabled: url !== null,
    staleTime: Infinity,
    gcTime: 600_000,
    queryFn: async ({ signal }) => {
      const response = await fetch(url as string, { signal });
      if (!response.ok) throw new Error(`the text answers ${response.status}`);
      return response.text();
    },
  });
  return data ?? null;
}

/** A track from another origin would need the whole video to be asked for in another way; a blob is our own. */
export function useTrack(text: string | null): string | null {
  const url = useMemo(() => (text === null ? null : URL.createObjectURL(new Blob([text], { type: "text/vtt" }))), [text]);
  useEffect(() => () => (url === null ? undefined : URL.revokeObjectURL(url)), [url]);
  return url;
}
