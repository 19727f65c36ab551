// Table, charts, or both beside each other with a border that is drawn by the pointer or the arrow keys. The charts are
// made when they are first asked for.
import { remember, remembered } from "../storage.js";
import { fail } from "./server.js";

const LEAST = 15;
const MOST = 85;
const STEP = 2;
const NARROW = 720;

export function bindPanes(grid) {
  const split = document.querySelector("[data-grid-split]");
  const buttons = [...document.querySelectorAll("[data-pane]")];
  if (!split || !buttons.length) return;
  const [table, border, charts] = split.children;
  for (const button of buttons) button.addEventListener("click", () => grid.states.set({ pane: button.dataset.pane === "table" ? "" : button.dataset.pane }));
  const show = () => {
    const wanted = grid.states.get("pane") || "table";
    const pane = wanted === "split" && window.innerWidth < NARROW ? "table" : wanted;
    split.dataset.shown = pane;
    table.hidden = pane === "charts";
    charts.hidden = pane === "table";
    border.hidden = pane !== "split";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.pane === pane));
    if (pane !== "table") fill(charts);
  };
  grid.addEventListener("grid-state", show);
  window.addEventListener("resize", show);
  document.body.addEventListener("chart-hover", ({ detail }) => grid.highlight(detail?.run ?? detail?.id ?? null));
  draw(split, border);
  show();
}

async function fill(place) {
  if (place.firstElementChild) return;
  place.append(document.querySelector("template[data-grid-charts]").content.cloneNode(true));
  try {
    await import("../charts/metric-charts.js");
  } catch {
    fail(new Error("The charts could not be loaded. Reload the page."));
  }
}

function draw(split, border) {
  const set = (share) => {
    const kept = Math.round(Math.min(MOST, Math.max(LEAST, share)));
    split.style.setProperty("--share", String(kept));
    border.setAttribute("aria-valuenow", String(kept));
    remember("grid.split", String(kept));
  };
  set(Number(remembered("grid.split", "45")) || 45);
  border.addEventListener("pointerdown", (event) => {
    border.setPointerCapture(event.pointerId);
    border.classList.add("is-dragged");
  });
  border.addEventListener("pointermove", (event) => {
    if (!border.hasPointerCapture(event.pointerId)) return;
    const { left, width, right } = split.getBoundingClientRect();
    const isTurned = getComputedStyle(split).direction === "rtl";
    set(((isTurned ? right - event.clientX : event.clientX - left) / width) * 100);
  });
  border.addEventListener("lostpointercapture", () => border.classList.remove("is-dragged"));
  border.addEventListener("keydown", (event) => {
    const now = Number(border.getAttribute("aria-valuenow"));
    const steps = { ArrowLeft: now - STEP, ArrowRight: now + STEP, Home: LEAST, End: MOST };
    if (!(event.key in steps)) return;
    event.preventDefault();
    set(steps[event.key]);
  });
}
