import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import type { UserManager } from "oidc-client-ts";
import { RouterProvider } from "react-router";
import type { Config } from "@/lib/config";
import { SessionProvider } from "@/lib/session";
import { queries } from "./queries";
import { router } from "./routes";
import { theme } from "./theme";

const colorScheme = localStorageColorSchemeManager({ key: "omnigen.color-scheme" });

export function App({ config, manager }: { config: Config; manager: UserManager }) {
  return (
    // Its variables and classes are in style sheets of our own: the page's policy allows no inline styles.
    <MantineProvider theme={theme} colorSchemeManager={colorScheme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <SessionProvider config={config} manager={manager}>
          <RouterProvider router={router} />
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
