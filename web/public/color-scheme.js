// Before anything is painted: the scheme that was chosen, or the system's.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("omnigen.color-scheme");
  } catch {
    // Storage may be forbidden: then the system decides.
  }
  const light = chosen === "light" || (chosen !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.mantineColorScheme = light ? "light" : "dark";
})();
