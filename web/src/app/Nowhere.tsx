import { Link } from "react-router";
import { useTitle } from "@/lib/title";
import pill from "@/lib/ui/Pill.module.css";
import { Standstill } from "./Standstill";

export function Nowhere({ inside = false }: { inside?: boolean }) {
  useTitle("Not found");
  return (
    <Standstill inside={inside} title="This scene was never shot" text="There is nothing at this address. It may have been mistyped, or what was here has been deleted.">
      <Link className={pill.call} to="/create">
        Make a video
      </Link>
      <Link className={pill.quiet} to="/library">
        To the library
      </Link>
    </Standstill>
  );
}
