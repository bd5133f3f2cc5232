import { isRouteErrorResponse, Link, useRouteError } from "react-router";
import { wordsForBroken } from "@/lib/problems";
import { useTitle } from "@/lib/title";
import pill from "@/lib/ui/Pill.module.css";
import { Nowhere } from "./Nowhere";
import { Standstill } from "./Standstill";

/** A page that failed while it was drawn, or whose code could not be loaded (a new version was delivered meanwhile). */
export function Broken({ inside = false }: { inside?: boolean }) {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <Nowhere inside={inside} />;
  return <Failed error={error} inside={inside} />;
}

function Failed({ error, inside }: { error: unknown; inside: boolean }) {
  useTitle("Something went wrong");
  return (
    <Standstill {...wordsForBroken(error)} inside={inside} alert>
      <button type="button" className={pill.call} onClick={() => window.location.reload()}>
        Load it again
      </button>
      <Link className={pill.quiet} to="/library">
        To the library
      </Link>
    </Standstill>
  );
}
