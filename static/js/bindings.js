// Every keyboard shortcut: the one table that shortcuts.js obeys and shortcut-sheet.js shows.
// keys: "g h" is one after the other, "mod+k" is Ctrl or Cmd. `single` ones can be switched off and rest inside fields.
// Pages add their own with: bindings.push({...}) before the first key is pressed, or a [data-shortcut="s"] on a button.
// One without `run` is obeyed by its page itself and is only shown.

export const bindings = [
  { keys: "mod+k", label: "Search or run a command", group: "Everywhere", run: "palette" },
  { keys: "?", label: "Keyboard shortcuts", group: "Everywhere", run: "sheet", single: true },
  { keys: "mod+/", label: "Keyboard shortcuts", group: "Everywhere", run: "sheet" },
  { keys: "alt+m", label: "Change the theme", group: "Everywhere", run: "theme" },
  { keys: "/", label: "Focus the filter of this page", group: "Everywhere", run: "filter", single: true },
  { keys: "g h", label: "Home", group: "Go to", run: "go", single: true },
  { keys: "g e", label: "Experiments", group: "Go to", run: "go", single: true },
  { keys: "g r", label: "Runs", group: "Go to", run: "go", single: true },
  { keys: "g o", label: "Endpoints", group: "Go to", run: "go", single: true },
  { keys: "g c", label: "Compute", group: "Go to", run: "go", single: true },
  { keys: "g a", label: "Activity", group: "Go to", run: "go", single: true },
  { keys: "j", label: "Next row", group: "In a table", run: "next", single: true },
  { keys: "k", label: "Previous row", group: "In a table", run: "previous", single: true },
  { keys: "x", label: "Select the row", group: "In a table", run: "select", single: true },
  { keys: "Enter", label: "Open the row", group: "In a table", run: "open", single: true },
  { keys: "c", label: "Add the row to the comparison", group: "In a table", run: "compare", single: true },
];

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const NAMES = { mod: MAC ? "⌘" : "Ctrl", alt: MAC ? "⌥" : "Alt", shift: MAC ? "⇧" : "Shift", Enter: "↵" };

// The keys as written on this keyboard: [["Ctrl", "K"]] or [["g"], ["h"]].
export function keyNames(keys) {
  return keys.split(" ").map((chord) => chord.split("+").map((key, index, all) => NAMES[key] ?? (all.length > 1 ? key.toUpperCase() : key)));
}
