// The theme's CSS variables, written at build time: a page whose policy forbids inline styles can't have Mantine write them at run time.
import { convertCssVariables, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME } from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src/app/theme.ts";

const NAME = "virtual:theme.css";

export function themeCss(): Plugin {
  return {
    name: "theme-css",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? cssOfTheme() : undefined),
  };
}

function cssOfTheme(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const { variables, dark, light } = defaultCssVariablesResolver(merged);
  return convertCssVariables({ variables, dark, light }, ":root");
}
