import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The lamp's light: warm against ink in the dark, burnt against paper by day. */
const ember: MantineColorsTuple = [
  "#fff3ea",
  "#ffe3d0",
  "#ffc6a1",
  "#ffae7a",
  "#ff9a5c",
  "#f57f3b",
  "#e0672a",
  "#b94a12",
  "#96390b",
  "#772c08",
];

/** Cool ink; Mantine takes text from its beginning and surfaces from its end. */
const ink: MantineColorsTuple = [
  "#eceef4",
  "#c9cedb",
  "#a3abbe",
  "#7f879c",
  "#4d5569",
  "#2c3242",
  "#1f2431",
  "#151924",
  "#0f121a",
  "#0a0c12",
];

/** Warm paper. */
const stone: MantineColorsTuple = [
  "#faf8f5",
  "#f3f0eb",
  "#e8e4dd",
  "#dad5cc",
  "#c3bdb2",
  "#a29c91",
  "#6e695f",
  "#514d45",
  "#38352f",
  "#1f1d19",
];

export const theme = createTheme({
  colors: { ember, dark: ink, gray: stone },
  primaryColor: "ember",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  black: "#191b22",
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "'Instrument Sans Variable', system-ui, sans-serif",
  headings: {
    fontFamily: "'Bricolage Grotesque Variable', 'Instrument Sans Variable', system-ui, sans-serif",
    fontWeight: "650",
    textWrap: "balance",
  },
});
