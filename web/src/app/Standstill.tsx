import type { ReactNode } from "react";
import { Lamp } from "@/lib/ui/Lamp";
import classes from "./Standstill.module.css";

interface Props {
  title: string;
  text: string;
  /** Something went wrong just now: screen readers say it at once. */
  alert?: boolean;
  /** The frame around it is there and has the page's `main`. */
  inside?: boolean;
  /** The ways on from here. */
  children?: ReactNode;
}

/** A page that says one thing. It needs nothing but its own styles: what it tells of may be that nothing could be loaded. */
export function Standstill({ title, text, alert = false, inside = false, children }: Props) {
  const Room = inside ? "div" : "main";
  return (
    <Room className={inside ? classes.page : `${classes.page} ${classes.whole}`} {...(alert && { role: "alert" })}>
      <Lamp size={56} />
      <h1 className={classes.title}>{title}</h1>
      <p className={classes.text}>{text}</p>
      <div className={classes.ways}>{children}</div>
    </Room>
  );
}
