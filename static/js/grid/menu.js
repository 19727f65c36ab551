// Menus that are made when they are asked for: at a button, or where the pointer is.
// items: { label, icon, run, checked, danger, disabled, hint } or "divider" or { head: "words" }.
import { icon } from "../icon.js";
import { element } from "../run/dom.js";
import { place } from "../floating.js";

const EDGE = 8;
let open = null;

export function openMenu(items, { button = null, x = 0, y = 0, label = "" } = {}) {
  close();
  const back = document.activeElement;
  const menu = element("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label || null });
  menu.append(...items.filter(Boolean).map(row));
  (document.querySelector("main") ?? document.body).append(menu);
  menu.addEventListener("keydown", (event) => onKey(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    menu.remove();
    if (open === menu) open = null;
    if (document.activeElement === document.body || menu.contains(document.activeElement)) back?.focus?.({ preventScroll: true });
  });
  menu.showPopover();
  // Below its button, towards the middle of the page.
  if (button) place(menu, button, button.getBoundingClientRect().left * 2 < window.innerWidth ? "start" : "end");
  else at(menu, x, y);
  open = menu;
  entries(menu)[0]?.focus();
  return menu;
}

export function close() {
  if (open?.matches(":popover-open")) open.hidePopover();
  open = null;
}

function at(menu, x, y) {
  menu.style.left = `${Math.max(EDGE, Math.min(x, window.innerWidth - menu.offsetWidth - EDGE))}px`;
  menu.style.top = `${Math.max(EDGE, Math.min(y, window.innerHeight - menu.offsetHeight - EDGE))}px`;
}

function row(item) {
  if (item === "divider") return element("hr", { class: "menu-divider" });
  if (item.head) return element("div", { class: "menu-head", role: "presentation" }, item.head);
  const isChoice = item.checked !== undefined;
  const button = element("button", {
    type: "button",
    class: item.danger ? "menu-item is-danger" : "menu-item",
    role: isChoice ? "menuitemcheckbox" : "menuitem",
    "aria-checked": isChoice ? String(item.checked) : null,
    disabled: item.disabled,
    tabindex: "-1",
    title: item.hint,
  }, item.icon ? icon(item.icon) : null, element("span", { class: "truncate" }, item.label), item.key ? element("kbd", {}, item.key) : null, isChoice ? icon("check") : null);
  button.addEventListener("click", () => {
    close();
    item.run();
  });
  return button;
}

function entries(menu) {
  return [...menu.querySelectorAll(".menu-item:not([disabled])")];
}

function onKey(event, menu) {
  const all = entries(menu);
  const now = all.indexOf(document.activeElement);
  const steps = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 };
  if (event.key === "Tab") close();
  if (!(event.key in steps)) return;
  event.preventDefault();
  event.stopPropagation();
  all.at(steps[event.key] % all.length)?.focus();
}
