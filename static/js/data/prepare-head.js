// The head of a column in Prepare: its name opens the menu of what can be done with it; type and a small histogram below.
import { place } from "../floating.js";
import { icon } from "../icon.js";
import { element } from "../run/dom.js";
import { smallBars } from "./small-bars.js";

export class PrepareHead {
  init(params) {
    this.params = params;
    const { column, grid, isNew } = params;
    const label = element("span", { class: "truncate" }, column.name);
    this.name = element("button", { type: "button", class: "column-head-name", tabindex: "-1", title: `${column.name} (${column.native ?? column.type})`, "aria-haspopup": grid.canEdit && !isNew ? "menu" : null }, label, grid.canEdit && !isNew ? icon("chevron-down", "icon-sm") : null);
    if (grid.canEdit && !isNew) this.name.addEventListener("click", () => openMenu(this.name, grid.actionsOf(column)));
    this.gui = element("div", { class: `column-head${isNew ? " is-new" : ""}` }, element("div", { class: "column-head-line" }, this.name, element("span", { class: "column-head-type" }, isNew ? "new" : column.type)));
    this.gui.addEventListener("contextmenu", (event) => {
      if (!grid.canEdit || isNew) return;
      event.preventDefault();
      openMenu(this.name, grid.actionsOf(column));
    });
    this.gui.append(element("div", { class: "column-head-bars" }, (params.sketch && smallBars(params.sketch)) ?? ""), element("div", { class: "column-head-note" }, ...this.note(params.sketch)));
  }

  note(sketch) {
    if (!sketch) return [];
    const total = sketch.count + sketch.missing;
    const share = total ? (100 * sketch.missing) / total : 0;
    const missing = sketch.missing ? [element("span", { class: "is-missing" }, `${share < 1 ? "<1" : Math.round(share)} % missing`), " · "] : [];
    return sketch.distinct === null ? missing : [...missing, `${sketch.distinct.toLocaleString("en")} distinct`];
  }

  getGui() {
    return this.gui;
  }

  refresh() {
    return false;
  }

  destroy() {}
}

// A menu below a button, for as long as it is open. `actions`: {label, symbol, run} or "-" for a line.
export function openMenu(button, actions) {
  const menu = element("div", { class: "menu", role: "menu" });
  for (const action of actions) menu.append(action === "-" ? element("hr", { class: "menu-divider" }) : item(action, menu));
  document.body.append(menu);
  menu.popover = "auto";
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    menu.remove();
    if (!document.activeElement || document.activeElement === document.body) button.closest(".ag-header-cell")?.focus();
  });
  menu.addEventListener("keydown", (event) => moved(event, menu));
  menu.showPopover();
  place(menu, button);
  menu.querySelector(".menu-item")?.focus();
}

function item({ label, symbol, run, isDanger }, menu) {
  const leave = () => {
    menu.hidePopover();
    run();
  };
  return element("button", { type: "button", role: "menuitem", tabindex: "-1", class: `menu-item${isDanger ? " is-danger" : ""}`, onclick: leave }, icon(symbol), label);
}

function moved(event, menu) {
  const items = [...menu.querySelectorAll(".menu-item")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined && event.key.length === 1) {
    items.find((one, index) => index > at && one.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
  if (to === undefined) return;
  event.preventDefault();
  items[to].focus();
}
