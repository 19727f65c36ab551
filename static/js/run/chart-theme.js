// The tokens a chart needs, read anew whenever the theme changes.

const SLOTS = 12;

export function theme() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    ground: token("--bg"),
    text: token("--text"),
    muted: token("--text-muted"),
    grid: token("--hairline"),
    border: token("--border"),
    accent: token("--accent"),
    font: token("--font-sans"),
    series: Array.from({ length: SLOTS }, (_, slot) => token(`--series-${slot + 1}`)),
  };
}
