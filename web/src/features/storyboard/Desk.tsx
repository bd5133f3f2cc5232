import { closestCenter, DndContext, KeyboardSensor, PointerSensor, useSensor, useSensors, type DragEndEvent } from "@dnd-kit/core";
import { rectSortingStrategy, SortableContext, sortableKeyboardCoordinates } from "@dnd-kit/sortable";
import { ActionIcon, Button, Group, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { Fragment, useMemo } from "react";
import type { Model } from "@/lib/api";
import { bodyOf, startsOf, type Edit, type History } from "./board";
import classes from "./Desk.module.css";
import { Checkout } from "./Checkout";
import { Join } from "./Join";
import { newKey, usePrice } from "./queries";
import { SceneCard } from "./SceneCard";
import { Strip } from "./Strip";

interface Props {
  history: History;
  edit: (edit: Edit) => void;
  undo: () => void;
  redo: () => void;
  startOver: () => void;
  models: readonly Model[];
}

/** The storyboard: a strip that shows it in time, cards that hold its words, and what it costs. */
export function Desk({ history, edit, undo, redo, startOver, models }: Props) {
  const board = history.now;
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }), useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }));
  const [steady] = useDebouncedValue(board, 350);
  const complete = steady.scenes.every((scene) => scene.prompt.trim() !== "");
  const body = useMemo(() => (complete ? bodyOf(steady) : null), [steady, complete]);
  const price = usePrice(body);
  const starts = startsOf(board);
  const model = models.find(({ id }) => id === board.rest.model) ?? models.find((one) => one.default);

  useHotkeys([["mod+Z", undo], ["mod+shift+Z", redo], ["mod+Y", redo]]);

  const dropped = ({ active, over }: DragEndEvent) => {
    const to = board.scenes.findIndex((scene) => scene.key === over?.id);
    if (to >= 0 && over?.id !== active.id) edit({ do: "move", key: String(active.id), to });
  };

  return (
    <section aria-label="Storyboard" className={classes.desk}>
      <Group justify="space-between" wrap="nowrap">
        <TextInput aria-label="Title" variant="unstyled" classNames={{ input: classes.title ?? "" }} placeholder="Untitled" maxLength={120} value={board.title} onChange={(event) => edit({ do: "title", to: event.currentTarget.value })} />
        <Group gap={4} wrap="nowrap">
          <Tooltip label="Undo">
            <ActionIcon variant="subtle" color="gray" aria-label="Undo" disabled={history.past.length === 0} onClick={undo}>
              <IconArrowBackUp size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Redo">
            <ActionIcon variant="subtle" color="gray" aria-label="Redo" disabled={history.future.length === 0} onClick={redo}>
              <IconArrowForwardUp size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Throw this draft away">
            <ActionIcon variant="subtle" color="gray" aria-label="Throw this draft away" onClick={startOver}>
              <IconTrash size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Strip board={board} edit={edit} longest={Math.max(...(model?.clip_seconds ?? [60]))} />
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={dropped}>
        <SortableContext items={board.scenes.map(({ key }) => key)} strategy={rectSortingStrategy}>
          <ol className={classes.cards}>
            {board.scenes.map((scene, n) => (
              <Fragment key={scene.key}>
                <SceneCard scene={scene} number={n + 1} start={starts[n] ?? 0} count={board.scenes.length} takesReference={model?.takes_reference ?? false} edit={edit} join={n > 0 && <Join transition={scene.transition} change={(transition) => edit({ do: "change", key: scene.key, to: { transition } })} number={n + 1} />} />
              </Fragment>
            ))}
          </ol>
        </SortableContext>
      </DndContext>
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => edit({ do: "add", after: board.scenes.at(-1)?.key ?? null, newKey: newKey() })} disabled={board.scenes.length >= 40} className={classes.add ?? ""}>
        Add a scene
      </Button>
      <Checkout board={board} body={body} price={price} waiting={steady !== board} done={startOver} />
    </section>
  );
}
