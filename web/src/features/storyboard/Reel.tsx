import { closestCenter, DndContext, KeyboardSensor, PointerSensor, useSensor, useSensors, type Announcements, type DragEndEvent, type UniqueIdentifier } from "@dnd-kit/core";
import { horizontalListSortingStrategy, SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { Button } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { Model } from "@/lib/api";
import type { Act } from "./acts";
import { longestJoin, MAX_SCENES, startsOf, type Board } from "./board";
import { Join } from "./Join";
import { scaleOf, type Fault } from "./limits";
import { newKey } from "./queries";
import classes from "./Reel.module.css";
import { SceneCard } from "./SceneCard";

const NARROWEST = 208;
const GAP = 44;
/** What the last card's edge sticks out. */
const EDGE = 14;

interface Props {
  board: Board;
  model: Model | undefined;
  faults: readonly Fault[];
  act: Act;
  settle: () => void;
}

/** The storyboard in time: cards as wide as their scenes are long; on a phone one beneath the other. */
export function Reel({ board, model, faults, act, settle }: Props) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const stacked = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const [held, setHeld] = useState<number | null>(null);
  const moved = useRef(false);
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }), useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }));
  const { scenes } = board;
  const starts = startsOf(board);
  const fitting = scaleOf(scenes.map(({ duration }) => duration), width - GAP * (scenes.length - 1) - EDGE, NARROWEST);
  const scale = held ?? fitting;

  const place = (id: UniqueIdentifier | undefined) => scenes.findIndex(({ key }) => key === id) + 1;
  const dropped = ({ active, over }: DragEndEvent) => {
    const to = place(over?.id);
    if (to > 0 && over?.id !== active.id) act({ do: "move", key: String(active.id), to: to - 1 });
  };
  // In words: which scene, and where it would be. The library's own name its ids.
  const announcements: Announcements = {
    onDragStart: ({ active }) => ((moved.current = false), `Scene ${place(active.id)} is picked up.`),
    onDragOver: ({ active, over }) => {
      moved.current ||= over?.id !== active.id; // where it begins is no news
      return over && moved.current ? `Scene ${place(active.id)} is over place ${place(over.id)} of ${scenes.length}.` : undefined;
    },
    onDragEnd: ({ active, over }) => (over ? `Scene ${place(active.id)} was put down at place ${place(over.id)} of ${scenes.length}.` : "It stays where it was."),
    onDragCancel: ({ active }) => `Scene ${place(active.id)} stays where it was.`,
  };
  const screenReaderInstructions = { draggable: "Press the space bar to pick the scene up, the arrow keys to move it, space again to put it down, Escape to leave it." };

  const add = () => {
    const fresh = newKey();
    act({ do: "add", after: scenes.at(-1)?.key ?? null, newKey: fresh }, "An empty scene at the end", `words-${fresh}`);
  };

  return (
    <div className={classes.reel} role="region" aria-label="Timeline">
      <div ref={ref} className={classes.measure} />
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={dropped} accessibility={{ announcements, screenReaderInstructions }}>
        <SortableContext items={scenes.map(({ key }) => key)} strategy={stacked ? verticalListSortingStrategy : horizontalListSortingStrategy}>
          <ol className={classes.cards}>
            {scenes.map((scene, n) => {
              const before = scenes[n - 1];
              const join = before && <Join transition={scene.transition} longest={longestJoin(before, scene)} number={n + 1} change={(transition) => act({ do: "change", key: scene.key, to: { transition } })} settle={settle} />;
              return <SceneCard key={scene.key} scene={scene} number={n + 1} start={starts[n] ?? 0} count={scenes.length} style={board.rest.style ?? "cinematic"} model={model} faults={faults.filter(({ key }) => key === scene.key)} act={act} settle={settle} scale={scale} hold={(hold) => setHeld(hold ? scale : null)} join={join} />;
            })}
          </ol>
        </SortableContext>
      </DndContext>
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={add} disabled={scenes.length >= MAX_SCENES} className={classes.add ?? ""}>
        Add a scene
      </Button>
    </div>
  );
}
