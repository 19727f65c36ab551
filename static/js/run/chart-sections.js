// Arranges charts in sections named by what stands before the first `/` of their keys.

import { element } from "./dom.js";

const LAST = "system";
const PLAIN = "metrics";

export function sectionOf(key) {
  const slash = key.indexOf("/");
  return slash > 0 ? key.slice(0, slash) : PLAIN;
}

// Name → sorted keys; sections in alphabetical order, the system's last.
export function sectionsOf(keys) {
  const sections = new Map();
  for (const key of [...keys].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const name = sectionOf(key);
    if (!sections.has(name)) sections.set(name, []);
    sections.get(name).push(key);
  }
  return [...sections].sort(([a], [b]) => (a === LAST) - (b === LAST) || a.localeCompare(b));
}

export class Sections {
  constructor(place, { makeChart, isClosed, toggled }) {
    Object.assign(this, { place, makeChart, isClosed, toggled });
    this.parts = new Map();
    this.charts = new Map();
  }

  // Brings the page in line with the keys there are: charts that stay are not touched.
  show(keys, matches) {
    const wanted = new Set(keys);
    for (const key of keys) if (!this.charts.has(key)) this.add(key, keys);
    for (const [key, chart] of this.charts) chart.hidden = !wanted.has(key) || !matches(key);
    for (const [name, { part, count }] of this.parts) {
      const seen = [...this.charts].filter(([key, chart]) => sectionOf(key) === name && !chart.hidden).length;
      part.hidden = seen === 0;
      count.textContent = String(seen);
    }
    return [...this.charts.values()].some((chart) => !chart.hidden);
  }

  add(key, keys) {
    const name = sectionOf(key);
    if (!this.parts.has(name)) this.open(name, keys);
    const { grid } = this.parts.get(name);
    const chart = this.makeChart(key);
    this.charts.set(key, chart);
    const after = [...grid.children].find((other) => other.key.localeCompare(key, "en", { numeric: true }) > 0);
    grid.insertBefore(chart, after ?? null);
  }

  open(name, keys) {
    const count = element("span", { class: "badge" });
    const grid = element("div", { class: "chart-grid" });
    const title = element("summary", { class: "chart-section-head" }, element("h3", {}, name), count);
    const part = element("details", { class: "chart-section", open: !this.isClosed(name) }, title, grid);
    part.addEventListener("toggle", () => this.toggled(name, !part.open));
    this.parts.set(name, { part, grid, count });
    const order = sectionsOf(keys).map(([one]) => one);
    const next = order.slice(order.indexOf(name) + 1).find((one) => this.parts.has(one));
    this.place.insertBefore(part, next ? this.parts.get(next).part : null);
  }
}
