import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconCopy, IconDots, IconPlus, IconScissors, IconTrash } from "@tabler/icons-react";
import type { Act } from "./acts";
import { MAX_SCENES, SHORTEST, type SceneDraft } from "./board";
import { newKey } from "./queries";
import frame from "./SceneFrame.module.css";

/** Everything that can be done with a scene as a whole, for those who can't or won't drag. */
export function SceneMenu({ scene, number, count, act }: { scene: SceneDraft; number: number; count: number; act: Act }) {
  const { key } = scene;
  const move = (to: number) => act({ do: "move", key, to: to - 1 }, `Scene ${number} is now scene ${to} of ${count}`, `more-${key}`);
  const more = (make: (fresh: string) => Parameters<Act>[0], said: string) => {
    const fresh = newKey();
    act(make(fresh), said, `words-${fresh}`);
  };
  const full = count >= MAX_SCENES;
  return (
    <Menu position="bottom-end" withinPortal returnFocus>
      <Menu.Target>
        <ActionIcon id={`more-${key}`} variant="transparent" className={frame.chip ?? ""} aria-label={`More for scene ${number}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowBackUp size={14} />} disabled={number === 1} onClick={() => move(number - 1)}>
          Move earlier
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowForwardUp size={14} />} disabled={number === count} onClick={() => move(number + 1)}>
          Move later
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconPlus size={14} />} disabled={full} onClick={() => more((fresh) => ({ do: "add", after: key, newKey: fresh }), `An empty scene after scene ${number}`)}>
          Add a scene after it
        </Menu.Item>
        <Menu.Item leftSection={<IconScissors size={14} />} disabled={full || scene.duration < 2 * SHORTEST} onClick={() => more((fresh) => ({ do: "split", key, newKey: fresh }), `Scene ${number} is split in two`)}>
          Split in two
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={14} />} disabled={full} onClick={() => more((fresh) => ({ do: "duplicate", key, newKey: fresh }), `Scene ${number} is there twice`)}>
          Duplicate
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash size={14} />} color="red" disabled={count === 1} onClick={() => act({ do: "remove", key }, `Scene ${number} is deleted; Undo brings it back`)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
