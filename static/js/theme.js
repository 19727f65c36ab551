// Sets the theme and the row height before the first paint. A plain script in the head, before the style sheets.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored(key) {
    try {
      return window.localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function apply() {
    const choice = stored("atelier.theme");
    const theme = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
    root.dataset.themeChoice = choice === theme ? choice : "system";
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("themechange", { detail: { theme } }));
  }

  apply();
  if (stored("atelier.nav") === "narrow") root.dataset.nav = "narrow";
  const density = stored("atelier.density");
  if (density === "compact" || density === "comfortable") root.dataset.density = density;
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("themechoice", apply);
})();
