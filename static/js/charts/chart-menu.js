// The menus of cards: pinning, the y axis, files, removal.

import { element, iconButton } from "../run/dom.js";
import { icon } from "../icon.js";
import { askRange } from "./range-dialog.js";
import { isExpression } from "./wall-feed.js";

export function item(name, text, onclick, attributes = {}) {
  return element("button", { type: "button", class: "menu-item", onclick, ...attributes }, icon(name), text);
}

// Built when it is first opened: a wall has many charts, and most menus stay shut.
export function chartMenu(chart, items = itemsOf) {
  const menu = element("app-menu", { "data-align": "end" });
  const button = iconButton("ellipsis", "Options", null, { "aria-haspopup": "true", "aria-expanded": "false" });
  button.addEventListener(
    "click",
    () => {
      if (menu.menu) return;
      menu.append(element("div", { class: "menu", hidden: true }, ...items(chart)));
      menu.connectedCallback(); // this very press opens it: the button is the menu's by the time it acts
    },
    { capture: true },
  );
  menu.append(button);
  return menu;
}

const FILES = { png: ["image", "PNG"], svg: ["spline", "SVG"], csv: ["file-text", "CSV"] };

// Brought in when somebody saves something: a wall is drawn without it.
export async function saveCards(kind, cards, tokens) {
  const { saveAndTell } = await import("./exports.js");
  await saveAndTell(kind, cards, tokens);
}

// Saves the card as a file; `words` are those of the menu where a kind has others.
export function fileItems(card, kinds = ["png", "svg", "csv"], words = {}) {
  return kinds.map((kind) => item(FILES[kind][0], words[kind] ?? FILES[kind][1], () => saveCards(kind, [card], card.board.tokens)));
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
    ...fileItems(chart, ["png", "svg", "csv"], { csv: "CSV, as drawn" }),
    ...own,
  ];
}
