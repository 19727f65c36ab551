// One chart over the whole window. The arrow keys outside the plot go to the neighbours.

import { element, iconButton } from "../run/dom.js";

export function openFull(board, key) {
  const dialog = element("dialog", { class: "dialog chart-full", "aria-label": key });
  const view = { chart: null, closed: null };
  const keys = board.allKeys();
  const place = element("div", { class: "chart-full-place" });

  function show(wanted) {
    const chart = board.makeChart(wanted, null);
    chart.isFull = true;
    chart.isEager = true;
    view.chart = chart;
    board.state.full = wanted;
    dialog.setAttribute("aria-label", wanted);
    place.replaceChildren(chart);
  }

  function walk(by) {
    show(keys[(keys.indexOf(view.chart.key) + by + keys.length) % keys.length]);
  }

  dialog.append(
    element("div", { class: "chart-full-bar" }, iconButton("chevron-left", "Previous chart", () => walk(-1)), iconButton("chevron-right", "Next chart", () => walk(1)), iconButton("x", "Close", () => dialog.close())),
    place,
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") walk(-1);
    if (event.key === "ArrowRight") walk(1);
  });
  view.closed = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve();
    });
  });
  board.append(dialog);
  dialog.showModal();
  show(key);
  return view;
}
