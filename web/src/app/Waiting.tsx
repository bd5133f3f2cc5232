import { Lamp } from "@/lib/ui/Lamp";
import classes from "./Waiting.module.css";

export function Waiting() {
  return (
    <div className={classes.waiting} role="status" aria-label="Signing in">
      <Lamp size={48} />
    </div>
  );
}
