// <report-chart>: one chart of a report. It draws the curves that came with the page and, while a run goes on, asks
// `src` for them again; drawn anew when the theme changes.
import { plotly } from "../run/plotly.js";
import { DASHES } from "../charts/painter.js";
import { theme } from "../run/chart-theme.js";

const AGAIN_MS = 3000;
const TITLES = { step: "Step", relative: "Time since the start (s)", time: "" };

// The dashes of a line as Plotly writes them.
function dashWord(dash) {
  const lengths = DASHES[dash % DASHES.length];
  return lengths.length ? lengths.map((length) => `${length}px`).join(",") : "solid";
}

// An exponential average that starts at the first value instead of at zero; gaps stay gaps.
function smoothed(values, weight) {
  let average = 0;
  let debias = 0;
  return values.map((value) => {
    if (value === null) return null;
    average = average * weight + (1 - weight) * value;
    debias = debias * weight + (1 - weight);
    return average / debias;
  });
}

class ReportChart extends HTMLElement {
  connectedCallback() {
    this.place = this.querySelector("[data-place]");
    this.chart = JSON.parse(this.querySelector("data").value);
    this.observer = new MutationObserver(() => this.draw());
    this.observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-bs-theme"] });
    this.media = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => this.draw();
    this.media.addEventListener("change", this.onTheme);
    this.onHint = () => this.soon();
    for (const run of this.running) document.body.addEventListener(`live:run-${run}:metrics`, this.onHint);
    this.draw();
  }

  disconnectedCallback() {
    this.observer?.disconnect();
    this.media?.removeEventListener("change", this.onTheme);
    for (const run of this.running) document.body.removeEventListener(`live:run-${run}:metrics`, this.onHint);
    clearTimeout(this.timer);
    if (window.Plotly && this.place) window.Plotly.purge(this.place);
  }

  get running() {
    return (this.dataset.runs ?? "").split(" ").filter(Boolean);
  }

  soon() {
    if (this.timer || !this.getAttribute("src")) return;
    this.timer = setTimeout(() => this.refresh(), AGAIN_MS);
  }

  async refresh() {
    this.timer = 0;
    const answer = await fetch(this.getAttribute("src"), { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    this.chart = await answer.json();
    this.draw();
  }

  async draw() {
    try {
      const library = await plotly(this.dataset.plotly);
      if (!this.isConnected) return;
      const tokens = theme();
      this.place.setAttribute("role", "img");
      this.place.setAttribute("aria-label", this.chart.words || this.dataset.words);
      await library.react(this.place, this.traces(tokens), this.layout(tokens), { displayModeBar: false, responsive: true });
    } catch (error) {
      this.place.textContent = error.message;
    }
  }

  traces(tokens) {
    const { lines, smoothing, x } = this.chart;
    return lines.flatMap((line) => {
      const colour = tokens.series[(line.slot - 1) % tokens.series.length];
      const xs = x === "time" ? line.x.map((time) => new Date(time)) : line.x;
      const style = { color: colour, width: 1.75, dash: dashWord(line.dash) };
      const name = `${line.name} · ${line.metric}`;
      const common = { x: xs, type: "scatter", mode: line.y.length > 1 ? "lines" : "markers", name, connectgaps: false };
      const raw = { ...common, y: line.y, line: { ...style, width: smoothing ? 1 : 1.75 }, opacity: smoothing ? 0.25 : 1, hoverinfo: smoothing ? "skip" : undefined };
      return smoothing ? [raw, { ...common, y: smoothed(line.y, smoothing), line: style }] : [raw];
    });
  }

  layout(tokens) {
    const axis = { gridcolor: tokens.grid, linecolor: tokens.grid, zerolinecolor: tokens.grid, tickfont: { color: tokens.muted, size: 11 }, automargin: true };
    return {
      margin: { l: 8, r: 12, t: 8, b: 8 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: tokens.font, size: 11, color: tokens.text },
      showlegend: false,
      hovermode: "x unified",
      hoverlabel: { bgcolor: tokens.ground, bordercolor: tokens.border, font: { color: tokens.text } },
      xaxis: { ...axis, title: { text: TITLES[this.chart.x], font: { color: tokens.muted, size: 11 } } },
      yaxis: { ...axis, type: this.chart.log ? "log" : "linear" },
    };
  }
}

customElements.define("report-chart", ReportChart);
