import { Modal } from "@mantine/core";
import classes from "./KeysHelp.module.css";
import { KEYS } from "./keys";

export function KeysHelp({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Keys of the player" centered size="sm">
      <dl className={classes.keys}>
        {KEYS.map(({ keys, what }) => (
          <div key={keys} className={classes.key}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
