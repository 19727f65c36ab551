// Obeys the table of bindings.js. Single keys rest inside fields, in dialogs and menus, and when the person switched them off.
import { basket } from "./basket.js";
import { bindings, keyNames } from "./bindings.js";
import { remembered } from "./storage.js";
import { nextTheme } from "./theme-switch.js";

const SEQUENCE_MS = 1200;
const FIELDS = "input, textarea, select, [contenteditable], [role=textbox]";
let pending = "";
let pendingTimer = 0;
let current = null;
let currentLink = ""; // finds the row again after a refresh replaced it

function rows() {
  return [...document.querySelectorAll("main table[data-keys] > tbody > tr, main .table > tbody > tr")].filter((row) => row.offsetParent !== null && row.querySelector("a"));
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(rowNow());
  current?.classList.remove("is-current");
  current = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  current.classList.add("is-current");
  const link = linkOf(current);
  currentLink = link.getAttribute("href");
  link.focus();
  current.scrollIntoView({ block: "nearest" });
}

function linkOf(row) {
  return row.querySelector(".cell-main a") ?? row.querySelector("a");
}

function rowNow() {
  if (current && !current.isConnected) {
    current = rows().find((row) => linkOf(row).getAttribute("href") === currentLink) ?? null;
    current?.classList.add("is-current");
  }
  return document.activeElement?.closest?.("tbody > tr") ?? current;
}

const actions = {
  palette: () => document.dispatchEvent(new CustomEvent("openpalette")),
  sheet: () => document.dispatchEvent(new CustomEvent("openshortcuts")),
  theme: nextTheme,
  filter: () => {
    const field = document.querySelector("[data-filter-field], main .toolbar input[type=search], main input[type=search]");
    field?.focus();
    field?.select?.();
  },
  go: (keys) => document.querySelector(`[data-go="${keys.split(" ")[1]}"]`)?.click(),
  next: () => step(1),
  previous: () => step(-1),
  select: () => rowNow()?.querySelector(".cell-select input[type=checkbox]")?.click(),
  open: () => rowNow() && linkOf(rowNow()).click(),
  compare: () => {
    const id = rowNow()?.dataset.runId;
    if (id) (basket.has(id) ? basket.remove([id]) : basket.add([id]));
  },
};

function chord(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  // With Alt a keyboard may write another letter: the place of the key counts.
  const key = event.altKey && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
  parts.push(parts.length ? key.toLowerCase() : key);
  return parts.join("+");
}

function isResting(event) {
  return remembered("singleKeys") === "off" || event.target.closest?.(FIELDS) || document.querySelector("dialog[open], .menu:popover-open");
}

function found(keys, event) {
  const candidates = bindings.filter((binding) => binding.keys === keys && binding.run); // the rest is only shown
  return candidates.find((binding) => !binding.single || !isResting(event));
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat && pending) return;
  const pressed = chord(event);
  const binding = found(pending ? `${pending} ${pressed}` : pressed, event);
  clearTimeout(pendingTimer);
  const wasPending = pending;
  pending = "";
  if (binding) {
    // Enter on a link or button is already the browser's.
    if (binding.run === "open" && event.target.closest?.("a, button, summary")) return;
    const handler = typeof binding.run === "function" ? binding.run : actions[binding.run];
    if (binding.run === "open" && !rowNow()) return;
    event.preventDefault();
    handler(binding.keys);
    return;
  }
  if (!wasPending && !isResting(event) && bindings.some((other) => other.keys.startsWith(`${pressed} `))) {
    pending = pressed;
    pendingTimer = setTimeout(() => (pending = ""), SEQUENCE_MS);
  }
}

document.addEventListener("keydown", onKey);
document.body.addEventListener("htmx:afterSettle", rowNow);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open-palette]")) actions.palette();
  if (event.target.closest("[data-open-shortcuts]")) actions.sheet();
});
for (const hint of document.querySelectorAll("[data-mod-key]")) {
  hint.textContent = keyNames(`mod+${hint.dataset.modKey.toLowerCase()}`)[0].join(" ");
}
