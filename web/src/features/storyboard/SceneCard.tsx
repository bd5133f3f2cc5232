import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ActionIcon, Group, Menu, NumberInput, Text, Textarea, Tooltip } from "@mantine/core";
import { IconCopy, IconDots, IconGripVertical, IconScissors, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { clock } from "@/lib/format";
import type { Edit, SceneDraft } from "./board";
import { hueOf } from "./hue";
import { newKey } from "./queries";
import { ReferenceImage } from "./ReferenceImage";
import classes from "./SceneCard.module.css";

interface Props {
  scene: SceneDraft;
  number: number;
  start: number;
  count: number;
  takesReference: boolean;
  edit: (edit: Edit) => void;
  /** How this scene comes in; the first just begins. */
  join: ReactNode;
}

export function SceneCard({ scene, number, start, count, takesReference, edit, join }: Props) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: scene.key });
  const change = (to: Partial<Omit<SceneDraft, "key">>) => edit({ do: "change", key: scene.key, to });

  return (
    <li ref={setNodeRef} className={classes.card} data-dragging={isDragging || undefined} style={{ transform: CSS.Transform.toString(transform) ?? "", transition: transition ?? "", ["--hue" as string]: hueOf(scene.prompt) }}>
      <div className={classes.head}>
        <Tooltip label="Drag to another place">
          <ActionIcon ref={setActivatorNodeRef} variant="transparent" color="gray" aria-label={`Move scene ${number}`} {...attributes} {...listeners} className={classes.grip ?? ""}>
            <IconGripVertical size={16} />
          </ActionIcon>
        </Tooltip>
        <Text fw={700} className="tabular">
          {number}
        </Text>
        <Text size="xs" className={classes.time ?? ""}>
          {clock(start, true)}
        </Text>
        {join}
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="transparent" color="gray" aria-label={`More for scene ${number}`} ml="auto">
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconScissors size={14} />} disabled={scene.duration < 2} onClick={() => edit({ do: "split", key: scene.key, newKey: newKey() })}>
              Split in two
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => edit({ do: "duplicate", key: scene.key, newKey: newKey() })}>
              Duplicate
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={14} />} color="red" disabled={count === 1} onClick={() => edit({ do: "remove", key: scene.key })}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <Textarea aria-label={`What scene ${number} shows`} placeholder="What does it show?" variant="unstyled" autosize minRows={3} maxRows={9} maxLength={2000} value={scene.prompt} error={scene.prompt.trim() === "" ? "A scene needs a few words" : null} onChange={(event) => change({ prompt: event.currentTarget.value })} />
      <Textarea aria-label={`Narration of scene ${number}`} placeholder="Narration (none)" variant="filled" size="xs" autosize minRows={1} maxRows={5} maxLength={1000} value={scene.narration} onChange={(event) => change({ narration: event.currentTarget.value })} />
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <NumberInput aria-label={`Seconds of scene ${number}`} size="xs" w={92} min={1} max={60} step={0.5} decimalScale={1} suffix=" s" value={scene.duration} onChange={(value) => typeof value === "number" && change({ duration: value })} />
        {takesReference && <ReferenceImage number={number} id={scene.referenceImage} change={(referenceImage) => change({ referenceImage })} />}
      </Group>
    </li>
  );
}
