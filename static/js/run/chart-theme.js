// The tokens a chart needs, read anew whenever the theme changes.

export const DASHES = ["solid", "6px,3px", "2px,3px"];
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

export function faded(colour, share) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${share})`;
}

export function colourOf(run, tokens) {
  return tokens.series[(run.slot - 1) % SLOTS];
}

export function dashOf(run) {
  return DASHES[run.dash % DASHES.length];
}
