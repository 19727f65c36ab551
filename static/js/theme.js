// Sets the theme and the row height before the first paint. A plain script in the head, before the style sheets.
// The person's profile decides, on pages for visitors what this browser remembers, else the system.
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
    const choice = root.dataset.userTheme ?? stored("atelier.theme");
    const theme = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
    root.dataset.themeChoice = choice === theme ? choice : "system";
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("themechange", { detail: { theme } }));
  }

  apply();
  if (stored("atelier.nav") === "narrow") root.dataset.nav = "narrow";
  const density = root.dataset.userDensity;
  if (density === "compact" || density === "comfortable") root.dataset.density = density;
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("themechoice", apply);
})();
