// <traffic-charts data-config="ID of a JSON script">: requests, errors and durations of an endpoint, looked at again every
// ten seconds. The lines are drawn by the same frame as the charts of runs.
import { theme } from "../run/chart-theme.js";
import { element } from "../run/dom.js";
import { ask } from "../grid/server.js";
import { TrafficChart } from "./traffic-chart.js";

const EVERY = 10_000; // ms
const ALL = "all";
const SOLID = 0;
const DASHED = 1;
const DOTTED = 2;

class TrafficCharts extends HTMLElement {
  connectedCallback() {
    if (this.config) return;
    this.config = JSON.parse(document.getElementById(this.dataset.config).textContent);
    this.range = new URLSearchParams(location.search).get("range") || "1h";
    this.select = this.querySelector("[name=deployment]");
    this.charts = [
      new TrafficChart("Requests a minute", { zero: true }),
      new TrafficChart("Errors a minute", { zero: true }),
      new TrafficChart("Duration, ms", { zero: true }),
    ];
    this.querySelector("[data-grid]").append(...this.charts.map(({ card }) => card));
    for (const button of this.querySelectorAll("[data-range]")) button.addEventListener("click", () => this.choose(button.dataset.range));
    this.select?.addEventListener("change", () => this.draw());
    document.addEventListener("themechange", () => this.draw());
    this.choose(this.range);
    this.timer = setInterval(() => document.visibilityState === "visible" && this.load(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  choose(range) {
    const known = [...this.querySelectorAll("[data-range]")].map((button) => button.dataset.range);
    this.range = known.includes(range) ? range : known[0];
    for (const button of this.querySelectorAll("[data-range]")) button.setAttribute("aria-pressed", String(button.dataset.range === this.range));
    const address = new URL(location.href);
    address.searchParams.set("range", this.range);
    history.replaceState(history.state, "", address);
    this.load();
  }

  async load() {
    const said = this.querySelector("[data-state]");
    const asked = this.range;
    try {
      const found = await ask(`${this.config.url}?range=${asked}`);
      if (asked !== this.range) return;
      this.data = found;
      said.textContent = "";
      this.draw();
    } catch (error) {
      said.textContent = error.message;
    }
  }

  draw() {
    if (!this.data) return;
    const tokens = theme();
    const { times, step } = this.data;
    const xs = Float64Array.from(times, (seconds) => seconds * 1000);
    const range = [xs[0], xs.at(-1)];
    const [requests, errors, durations] = this.charts;
    requests.show(this.each(xs, tokens, [["requests", "", SOLID], ["mirrored", "copies to ", DASHED]]), range, tokens);
    errors.show(this.each(xs, tokens, [["server_errors", "5xx ", SOLID], ["client_errors", "4xx ", DASHED]]), range, tokens);
    durations.show(this.quantiles(xs, tokens), range, tokens);
    this.tile(step);
  }

  // One line of each deployment for each of the counts; lines that never leave zero are left out, but for the first count.
  each(xs, tokens, counts) {
    const found = [];
    for (const [name, curves] of Object.entries(this.data.deployments)) {
      counts.forEach(([count, prefix, dash], at) => {
        if (at > 0 && !curves[count].some(Boolean)) return;
        found.push(line(`${prefix}${name}`, xs, curves[count], this.colour(name, tokens), dash));
      });
    }
    return found;
  }

  quantiles(xs, tokens) {
    const name = this.select?.value ?? "";
    const curves = name ? this.data.deployments[name] : this.data[ALL];
    const colour = name ? this.colour(name, tokens) : tokens.accent;
    return [["p50", SOLID], ["p95", DASHED], ["p99", DOTTED]].map(([key, dash]) => line(key, xs, curves[key], colour, dash));
  }

  colour(name, tokens) {
    return tokens.series[(this.config.slots[name] ?? 1) - 1];
  }

  // The whole range in four figures.
  tile(step) {
    const { requests, server_errors: failed, client_errors: refused } = this.data[ALL];
    const total = (values) => values.reduce((sum, value) => sum + (value ?? 0), 0) * (step / 60);
    const [asked, broken, wrong] = [total(requests), total(failed), total(refused)];
    const p95 = this.data[ALL].p95.filter((value) => value !== null);
    const worst = p95.length ? Math.max(...p95) : null;
    const share = (part) => (asked ? `${((part / asked) * 100).toLocaleString("en", { maximumFractionDigits: 2 })} %` : "–");
    this.querySelector("[data-tiles]").replaceChildren(
      tile("Requests", Math.round(asked).toLocaleString("en"), ""),
      tile("Failed (5xx)", share(broken), broken ? `${Math.round(broken).toLocaleString("en")} requests` : ""),
      tile("Refused (4xx)", share(wrong), wrong ? `${Math.round(wrong).toLocaleString("en")} requests` : ""),
      tile("p95 at its worst", worst === null ? "–" : `${worst.toLocaleString("en", { maximumSignificantDigits: 3 })} ms`, ""),
    );
  }
}

function line(name, xs, values, colour, dash) {
  const ys = Float64Array.from(values, (value) => (value === null ? NaN : value));
  return { name, xs, ys, steps: xs, colour, dash, points: ys.length };
}

function tile(label, value, note) {
  return element("div", { class: "tile" }, element("span", { class: "tile-label" }, label), element("span", { class: "tile-value" }, value), note ? element("span", { class: "tile-note" }, note) : null);
}

customElements.define("traffic-charts", TrafficCharts);
