import { useEffect, useRef, useState } from "react";
import { wordsFor } from "@/lib/problems";
import { refusal } from "./limits";
import { upload } from "./queries";
import { thumbnail } from "./thumbnail";

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
