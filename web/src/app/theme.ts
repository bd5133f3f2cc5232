import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from "@mantine/core";

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

/** Mantine's red and teal, darker from the seventh on: legible as words on white, and under white words. */
const red: MantineColorsTuple = ["#fff5f5", "#ffe3e3", "#ffc9c9", "#ffa8a8", "#ff8787", "#ff6b6b", "#d42a2a", "#c92a2a", "#b02525", "#962020"];
const teal: MantineColorsTuple = ["#e6fcf5", "#c3fae8", "#96f2d7", "#63e6be", "#38d9a9", "#20c997", "#0b8760", "#087f5b", "#076e4f", "#065c42"];

export const theme = createTheme({
  colors: { ember, dark: ink, gray: stone, red, teal },
  primaryColor: "ember",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  // Mantine reckons the contrast of a filled colour by its shade in the light; in the dark it is another, brighter one.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const shaded = input.color?.includes(".") ?? false;
    return input.variant === "filled" && !shaded ? { ...colors, color: "light-dark(var(--mantine-color-white), var(--mantine-color-black))" } : colors;
  },
  black: "#191b22",
  components: {
    // Locking the page's scrolling puts a <style> into it, which the page's policy forbids.
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" }, lockScroll: false } },
    ModalHeader: { defaultProps: { component: "div" } }, // a <header> in a portal would be a second banner of the page
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } }, // a menu may hold nothing but its items
  },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "'Instrument Sans Variable', 'Instrument Sans Fallback', system-ui, sans-serif",
  headings: {
    fontFamily: "'Bricolage Grotesque Variable', 'Bricolage Grotesque Fallback', system-ui, sans-serif",
    fontWeight: "650",
    textWrap: "balance",
  },
});
