import { ActionIcon, Group, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconChartBar, IconLibrary, IconSparkles, IconUser } from "@tabler/icons-react";
import { Suspense, useEffect, useRef } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { Lamp } from "@/lib/ui/Lamp";
import { ConnectionBar } from "./ConnectionBar";
import classes from "./Frame.module.css";
import { SchemeSwitch } from "./SchemeSwitch";

const ROOMS = [
  { to: "/create", name: "Create", icon: IconSparkles },
  { to: "/library", name: "Library", icon: IconLibrary },
  { to: "/usage", name: "Usage", icon: IconChartBar },
];

/** What stays while pages change: a rail on wide screens, a bar under the thumb on phones. */
export function Frame() {
  const loading = useNavigation().state === "loading";
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const left = useRef(pathname);

  // Where what had the focus went with the page before, a dialog's button say, the next Tab goes on in the new page.
  useEffect(() => {
    if (left.current === pathname) return;
    left.current = pathname;
    const settled = setTimeout(() => document.activeElement === document.body && main.current?.focus({ preventScroll: true }), 150);
    return () => clearTimeout(settled);
  }, [pathname]);

  return (
    <div className={classes.frame} aria-busy={loading}>
      {loading && <div className={classes.coming} aria-hidden />}
      <a href="#main" className={classes.skip}>
        Skip to the page
      </a>
      <header className={classes.bar}>
        <UnstyledButton component={Link} to="/create" className={classes.brand} aria-label="OmniGen, create a video">
          <Lamp />
          <Text component="span" className={classes.name}>
            OmniGen
          </Text>
        </UnstyledButton>
        <nav className={classes.rooms} aria-label="Rooms">
          {ROOMS.map(({ to, name, icon: Icon }) => (
            <NavLink key={to} to={to} className={classes.room ?? ""}>
              <Icon size={18} aria-hidden />
              <span>{name}</span>
            </NavLink>
          ))}
        </nav>
        <Group gap={4} className={classes.end ?? ""}>
          <SchemeSwitch />
          <Tooltip label="Account">
            <ActionIcon component={Link} to="/account" variant="subtle" color="gray" size="lg" aria-label="Account">
              <IconUser size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </header>
      <ConnectionBar />
      <main ref={main} id="main" tabIndex={-1} className={classes.main}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <ScrollRestoration />
    </div>
  );
}
