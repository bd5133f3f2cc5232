import { Skeleton } from "@mantine/core";
import picture from "./Picture.module.css";
import tile from "./Tile.module.css";

/** Of the very size of what they stand for: nothing moves when it comes. */
export function Skeletons({ count }: { count: number }) {
  return Array.from({ length: count }, (_, n) => (
    <li key={n} className={tile.tile} aria-hidden>
      <div className={tile.link}>
        <Skeleton radius="lg" className={picture.blank ?? ""} />
        <Skeleton h={12} my={4} w="70%" />
      </div>
      <div className={tile.foot}>
        <Skeleton h={10} w="35%" />
      </div>
    </li>
  ));
}
