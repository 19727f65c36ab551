// The menu of one chart: pinning, the y axis, files, removal.

import { element, iconButton } from "../run/dom.js";
import { icon } from "../icon.js";
import { askRange } from "./range-dialog.js";
import { downloadCSV, downloadPNG, downloadSVG } from "./exports.js";
import { isExpression } from "./wall-feed.js";

function item(name, text, onclick, attributes = {}) {
  return element("button", { type: "button", class: "menu-item", onclick, ...attributes }, icon(name), text);
}

// Built when it is first opened: a wall has many charts, and most menus stay shut.
export function chartMenu(chart) {
  const menu = element("app-menu", { "data-align": "end" });
  const button = iconButton("ellipsis", "Options", null, { "aria-haspopup": "true", "aria-expanded": "false" });
  button.addEventListener(
    "click",
    () => {
      if (menu.menu) return;
      menu.append(element("div", { class: "menu", hidden: true }, ...itemsOf(chart)));
      menu.connectedCallback(); // this very press opens it: the button is the menu's by the time it acts
    },
    { capture: true },
  );
  menu.append(button);
  return menu;
}

function itemsOf(chart) {
  const { board, key } = chart;
  const own = isExpression(key)
    ? [item("x", "Remove", () => board.removeCard(key))]
    : [
        item("pin", board.state.pinned.has(key) ? "Unpin" : "Pin on top", () => board.togglePin(key)),
        element("a", { class: "menu-item", href: board.csvOf(key), download: true }, icon("download"), "CSV, every point"),
      ];
  return [
    item("sliders-horizontal", "Y axis from, to", () => askRange(chart)),
    item("image", "PNG", () => downloadPNG([chart])),
    item("spline", "SVG", () => downloadSVG(chart)),
    item("file-text", "CSV, as drawn", () => downloadCSV([chart])),
    ...own,
  ];
}
