import { useEffect, useRef, useState } from "react";
import { bytes } from "@/lib/format";
import { wordsFor } from "@/lib/problems";
import { upload } from "./queries";
import { thumbnail } from "./thumbnail";

export const KINDS = ["image/png", "image/jpeg", "image/webp"];
const LARGEST = 25_000_000;

/** Why a file can't be the picture that a scene starts from; null if it can. */
export function refusal({ type, size }: Pick<File, "type" | "size">): string | null {
  if (!KINDS.includes(type)) return "Use a PNG, JPEG or WebP picture.";
  if (size === 0) return "That file is empty.";
  return size > LARGEST ? `That picture has ${bytes(size)}; up to ${bytes(LARGEST)} can be sent.` : null;
}

export interface Reference {
  referenceImage: string | null;
  picture: string | null;
}

/** Sends a scene's picture; one at a time, and none for a scene that is gone. */
export function useUpload(change: (to: Reference) => void) {
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const sending = useRef<AbortController | null>(null);

  useEffect(() => () => sending.current?.abort(), []);

  const take = async (file: File | null | undefined) => {
    if (!file) return;
    const refused = refusal(file);
    setError(refused);
    if (refused) return;
    sending.current?.abort();
    const mine = new AbortController();
    sending.current = mine;
    setShare(0);
    try {
      const [id, picture] = await Promise.all([upload(file, { progress: setShare, signal: mine.signal }), thumbnail(file)]);
      change({ referenceImage: id, picture });
    } catch (failed) {
      if (!mine.signal.aborted) setError(wordsFor(failed).text);
    } finally {
      if (sending.current === mine) setShare(null);
    }
  };

  return { share, error, take, cancel: () => sending.current?.abort() };
}
