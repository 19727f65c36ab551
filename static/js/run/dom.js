// Makes elements without markup in strings: text is always text.

import { icon } from "../icon.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function iconButton(name, label, onclick, attributes = {}) {
  return element(
    "button",
    { type: "button", class: "btn btn-ghost btn-icon btn-sm", "aria-label": label, title: label, onclick, ...attributes },
    icon(name),
  );
}

// Calls `work` at most once in `wait` ms: at once when idle, and once more at the end when asked meanwhile.
export function throttled(work, wait) {
  let timer = null;
  let again = false;
  return function call() {
    if (timer !== null) {
      again = true;
      return;
    }
    work();
    timer = setTimeout(() => {
      timer = null;
      if (again) {
        again = false;
        call();
      }
    }, wait);
  };
}
