import { wordsFor } from "@/lib/problems";
import pill from "@/lib/ui/Pill.module.css";
import { Standstill } from "./Standstill";

/** Where not even the settings can be had. */
export function Unreachable({ error }: { error: unknown }) {
  return (
    <Standstill {...wordsFor(error)} alert>
      <button type="button" className={pill.call} onClick={() => window.location.reload()}>
        Try again
      </button>
    </Standstill>
  );
}
