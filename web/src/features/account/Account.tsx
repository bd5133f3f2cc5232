import { Button, Group, Modal, SegmentedControl, Text, Title, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { signOut, signOutEverywhere } from "@/lib/auth";
import { useProfile, useSession } from "@/lib/session";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import classes from "./Account.module.css";
import { Plan } from "./Plan";

const SCHEMES = [
  { value: "auto", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function Page() {
  useTitle("Account");
  const { email } = useProfile();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={classes.page}>
      <Title order={1} size="h2">
        Account
      </Title>
      <section className={classes.who} aria-label="Who is signed in">
        <span className={classes.initial} aria-hidden>
          {email.slice(0, 1).toUpperCase()}
        </span>
        <div className={classes.name}>
          <Text size="sm" c="dimmed">
            Signed in as
          </Text>
          <Text fw={600} truncate>
            {email}
          </Text>
        </div>
      </section>
      <Plan />
      <section className={classes.row} aria-labelledby="theme">
        <div>
          <Title order={2} size="h5" id="theme">
            Theme
          </Title>
          <Text size="sm" c="dimmed">
            Kept in this browser.
          </Text>
        </div>
        <SegmentedControl aria-labelledby="theme" value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)} data={SCHEMES} />
      </section>
      <Leaving />
    </div>
  );
}

function Leaving() {
  const { manager, config } = useSession();
  const [asked, { open, close }] = useDisclosure(false);
  const out = useMutation({ mutationFn: () => signOut(manager, config) });
  const everywhere = useMutation({ mutationFn: () => signOutEverywhere(manager, config) });
  return (
    <section className={classes.row} aria-labelledby="leaving">
      <div>
        <Title order={2} size="h5" id="leaving">
          Sign out
        </Title>
        <Text size="sm" c="dimmed">
          Videos in the making go on without you.
        </Text>
      </div>
      <Group gap="sm">
        <Button variant="default" loading={out.isPending} onClick={() => out.mutate()}>
          Sign out
        </Button>
        <Button variant="default" onClick={open}>
          Sign out everywhere
        </Button>
      </Group>
      <Modal opened={asked} onClose={close} title="Sign out on every device?" centered>
        <Text size="sm" c="dimmed">
          This browser is signed out at once, every other one within the hour. Nothing that you made is touched.
        </Text>
        {everywhere.error && <Notice error={everywhere.error} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close}>
            Stay
          </Button>
          <Button loading={everywhere.isPending} onClick={() => everywhere.mutate()}>
            Sign out everywhere
          </Button>
        </Group>
      </Modal>
    </section>
  );
}
