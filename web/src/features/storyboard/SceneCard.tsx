import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Button, Text, Textarea } from "@mantine/core";
import { IconMicrophone } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import type { Model, Schemas } from "@/lib/api";
import type { SceneDraft } from "./board";
import { Edge } from "./Edge";
import { LengthField } from "./LengthField";
import { longestOf, spokenSeconds, type Fault } from "./limits";
import type { Act } from "./acts";
import { SceneFrame } from "./SceneFrame";
import { SceneMenu } from "./SceneMenu";
import classes from "./SceneCard.module.css";
import { useUpload } from "./upload";

interface Props {
  scene: SceneDraft;
  number: number;
  start: number;
  count: number;
  style: Schemas["Style"];
  model: Model | undefined;
  faults: readonly Fault[];
  act: Act;
  settle: () => void;
  /** Pixels a second, where lengths are widths. */
  scale: number;
  hold: (held: boolean) => void;
  /** How this scene comes in; the first just begins. */
  join: ReactNode;
}

export function SceneCard({ scene, number, start, count, style, model, faults, act, settle, scale, hold, join }: Props) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: scene.key });
  const [over, setOver] = useState(false);
  const change = (to: Partial<Omit<SceneDraft, "key">>) => act({ do: "change", key: scene.key, to });
  const picture = useUpload(change);
  const takes = model?.takes_reference ?? false;
  const spoken = spokenSeconds(scene.narration);

  const files = (event: React.DragEvent) => takes && event.dataTransfer.types.includes("Files");
  const drop = (event: React.DragEvent) => {
    setOver(false);
    if (!files(event)) return;
    event.preventDefault();
    void picture.take(event.dataTransfer.files[0]);
  };

  return (
    <li
      ref={setNodeRef}
      className={classes.place}
      data-dragging={isDragging || undefined}
      style={{ transform: CSS.Translate.toString(transform) ?? "", transition: transition ?? "", ["--wide" as string]: `${Math.round(scene.duration * scale)}px` }}
      onDragOver={(event) => files(event) && (event.preventDefault(), setOver(true))}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={drop}
    >
      {join}
      <article className={classes.card} aria-label={`Scene ${number}`} data-over={over || undefined} data-fault={faults.length > 0 || undefined} id={`scene-${scene.key}`}>
        <SceneFrame scene={scene} number={number} start={start} style={style} takes={takes} upload={picture} over={over} drop={() => change({ referenceImage: null, picture: null })} dragging={isDragging} grip={{ ref: setActivatorNodeRef, ...attributes, ...listeners }} menu={<SceneMenu scene={scene} number={number} count={count} act={act} />} />
        <div className={classes.words}>
          <Textarea
            id={`words-${scene.key}`}
            aria-label={`What scene ${number} shows`}
            placeholder="What does it show?"
            variant="unstyled"
            autosize
            minRows={4}
            maxRows={7}
            maxLength={2000}
            size="sm"
            classNames={{ input: classes.prompt ?? "" }}
            value={scene.prompt}
            error={scene.prompt.trim() === "" ? "A scene needs a few words." : null}
            onChange={(event) => change({ prompt: event.currentTarget.value })}
            onBlur={settle}
          />
          <Textarea
            aria-label={`Narration of scene ${number}`}
            placeholder="Narration"
            variant="filled"
            size="xs"
            autosize
            minRows={1}
            maxRows={4}
            maxLength={1000}
            leftSection={<IconMicrophone size={14} aria-hidden />}
            leftSectionProps={{ className: classes.voice ?? "" }}
            value={scene.narration}
            onChange={(event) => change({ narration: event.currentTarget.value })}
            onBlur={settle}
          />
          {spoken > scene.duration && (
            <Text size="xs" c="dimmed">
              Takes about {Math.round(spoken)} s to say; the scene is made to fit.
            </Text>
          )}
          {picture.error && (
            <Text size="xs" c="red" role="alert">
              {picture.error}
            </Text>
          )}
          {faults
            .filter(() => scene.prompt.trim() !== "")
            .map(({ text, remedy }) => (
              <div key={text} className={classes.fault}>
                <Text size="xs" c="red">
                  {text}
                </Text>
                {remedy !== undefined && (
                  <Button size="compact-xs" variant="light" onClick={() => change({ duration: remedy })}>
                    Make it {remedy} s
                  </Button>
                )}
              </div>
            ))}
        </div>
        <LengthField scene={scene} number={number} model={model} change={(duration) => change({ duration })} settle={settle} />
        <Edge label={`Length of scene ${number}`} value={scene.duration} longest={longestOf(model)} model={model} scale={scale} change={(duration) => change({ duration })} settle={settle} hold={hold} />
      </article>
    </li>
  );
}
