// A refresh that a live hint caused must not disturb: it waits while somebody types or has a menu open in the part that
// would be replaced, or a form marked .is-changed is not saved there yet, and afterwards the focus stands where it stood.

const TYPING = "textarea, select, input:not([type=checkbox], [type=radio], [type=submit])";
const waiting = new Map();
let focused = "";

function isBusy(target) {
  const active = document.activeElement;
  const typing = target.contains(active) && active.matches(TYPING);
  return typing || target.querySelector(".menu:popover-open, dialog[open], form.is-changed") !== null;
}

// A selector that finds the same control in the next version of the part.
function selectorOf(element) {
  const value = (name) => CSS.escape(element.getAttribute(name));
  if (element.matches("a[href]")) return `a[href="${value("href")}"]`;
  if (element.matches("input[name][value]")) return `input[name="${value("name")}"][value="${value("value")}"]`;
  if (element.matches("button[aria-label]")) return `button[aria-label="${value("aria-label")}"]`;
  return "";
}

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target, requestConfig } = event.detail;
  const type = requestConfig.triggeringEvent?.type ?? "";
  if (!type.startsWith("live:") || !target || !isBusy(target)) return;
  event.preventDefault();
  waiting.set(type, elt);
});

function resume() {
  for (const [type, element] of waiting) {
    if (element.isConnected && isBusy(element)) continue;
    waiting.delete(type);
    if (element.isConnected) document.body.dispatchEvent(new CustomEvent(type, { detail: { polled: true } }));
  }
}

document.addEventListener("focusout", () => setTimeout(resume));
document.addEventListener("toggle", () => setTimeout(resume), true);
document.addEventListener("close", () => setTimeout(resume), true);

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const active = document.activeElement;
  focused = event.detail.target.contains(active) && !active.id ? selectorOf(active) : "";
});

document.body.addEventListener("htmx:afterSettle", () => {
  if (focused && document.activeElement === document.body) document.querySelector(focused)?.focus({ preventScroll: true });
  focused = "";
});
