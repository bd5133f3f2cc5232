import { useNetwork } from "@mantine/hooks";
import classes from "./ConnectionBar.module.css";

/** Says that the network is gone, and that nothing is lost by it. */
export function ConnectionBar() {
  const { online } = useNetwork();
  return (
    <div role="status" className={online ? undefined : classes.bar}>
      {online ? null : "You are offline. What you write is kept here; videos in the making go on."}
    </div>
  );
}
