import { Button, Menu } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useSearchParams } from "react-router";

/** Every change made another version; each is kept as it ended. */
export function Versions({ latest, shown }: { latest: number; shown: number }) {
  const [, setQuery] = useSearchParams();
  if (latest === 1) return null;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconHistory size={14} aria-hidden />}>
          Version {shown} of {latest}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {Array.from({ length: latest }, (_, n) => latest - n).map((revision) => (
          <Menu.Item key={revision} aria-current={revision === shown ? "true" : undefined} fw={revision === shown ? 700 : 400} onClick={() => setQuery(revision === latest ? {} : { version: String(revision) })}>
            Version {revision}
            {revision === latest && ", the latest"}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
