import "virtual:theme.css";
import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/global.css";
import "./app/components.css";
import "@fontsource-variable/instrument-sans/index.css";
import "@fontsource-variable/bricolage-grotesque/index.css";
import "./app/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { Unreachable } from "./app/Unreachable";
import { createUserManager } from "./lib/auth";
import { loadConfig } from "./lib/config";
import { connectTokens, isRefusal, tokensOf } from "./lib/tokens";

const root = createRoot(document.getElementById("root") as HTMLElement);

try {
  const config = await loadConfig();
  const manager = createUserManager(config);
  // Before anything is drawn: the first page's queries want a token at once.
  connectTokens(tokensOf(manager), () => void manager.removeUser());
  manager.events.addSilentRenewError((error) => (isRefusal(error) ? manager.removeUser() : undefined));
  root.render(
    <StrictMode>
      <App config={config} manager={manager} />
    </StrictMode>,
  );
} catch (error) {
  root.render(<Unreachable error={error} />);
}
