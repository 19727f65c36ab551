// What an evaluation has above its charts: for two classes a threshold slider with the figures and the confusion matrix it
// gives, for several classes the confusion matrix. Everything comes from the numbers in its file; the server is not asked.
import { element } from "./dom.js";
import { shown } from "./numbers.js";

const FIGURES = [["accuracy", "Accuracy"], ["precision", "Precision"], ["recall", "Recall"], ["f1_score", "F1 score"]];
const MOST_CLASSES = 30;

export function evaluationView(evaluation) {
  const runs = evaluation.runs ?? [];
  if (evaluation.task === "binary") return [sliderCard(runs.filter((run) => run.thresholds))];
  if (evaluation.task === "multiclass") return runs.filter((run) => run.confusion && run.classes.length <= MOST_CLASSES).map((run) => classesCard(run, runs.length > 1));
  return [];
}

function sliderCard(runs) {
  if (!runs.length) return "";
  const { threshold } = runs[0].thresholds;
  const start = nearest(threshold, 0.5);
  const shown = element("output", { class: "num threshold-value", for: "threshold" }, threshold[start].toFixed(2));
  const slider = element("input", { type: "range", class: "form-range", id: "threshold", min: 0, max: threshold.length - 1, step: 1, value: start, "aria-describedby": "threshold-hint" });
  const parts = runs.map((run) => runPart(run, runs.length > 1));
  const update = () => {
    const at = Number(slider.value);
    shown.textContent = threshold[at].toFixed(2);
    slider.setAttribute("aria-valuetext", `${threshold[at].toFixed(2)}: ${parts.map((part) => part.tell(at)).join("; ")}`);
    for (const part of parts) part.show(at);
  };
  slider.addEventListener("input", update);
  update();
  const head = element("div", { class: "threshold-head" }, element("label", { class: "form-label", for: "threshold" }, "Threshold"), slider, shown);
  const hint = element("p", { class: "muted small", id: "threshold-hint" }, `Rows whose probability is at least the threshold are told ${runs[0].positive}.`);
  return element("section", { class: "card evaluation-card", "aria-label": "Threshold" }, element("div", { class: "card-body" }, head, hint, element("div", { class: "threshold-runs" }, ...parts.map((part) => part.node))));
}

// The figures and the matrix of one input at the slider's threshold.
function runPart(run, isOneOfTwo) {
  const values = Object.fromEntries(FIGURES.map(([name]) => [name, element("span", { class: "metric-value num" })]));
  const tiles = FIGURES.map(([name, label]) => element("div", { class: "metric-small" }, element("span", { class: "muted small" }, label), values[name]));
  const auc = element("div", { class: "metric-small" }, element("span", { class: "muted small" }, "AUC"), element("span", { class: "metric-value num" }, run.curves?.auc?.toFixed(4) ?? "–"));
  const { node: matrix, show } = matrixTable([run.positive, run.negative]);
  const node = element("div", { class: "threshold-run" }, isOneOfTwo ? element("h3", {}, run.name) : null, element("div", { class: "metric-row" }, ...tiles, auc), matrix);
  return {
    node,
    tell: (at) => `${isOneOfTwo ? `${run.name} ` : ""}accuracy ${shown(run.thresholds.accuracy[at])}`,
    show(at) {
      const table = run.thresholds;
      for (const [name] of FIGURES) values[name].textContent = table[name][at] === null ? "–" : table[name][at].toFixed(4);
      show([[table.true_positives[at], table.false_negatives[at]], [table.false_positives[at], table.true_negatives[at]]]);
    },
  };
}

function classesCard(run, isOneOfTwo) {
  const { node, show } = matrixTable(run.classes);
  show(run.confusion);
  return element("section", { class: "card evaluation-card" }, element("div", { class: "card-body" }, element("h3", {}, `Confusion matrix${isOneOfTwo ? `: ${run.name}` : ""}`), node));
}

// Rows of the truth, columns of what was told; the ground tells the share of the row in five steps.
function matrixTable(classes) {
  const cells = classes.map(() => classes.map(() => element("td", { class: "num" })));
  const head = element("tr", {}, element("th", { scope: "col", class: "muted" }, "True \\ told"), ...classes.map((name) => element("th", { scope: "col", class: "num" }, String(name))));
  const rows = classes.map((name, at) => element("tr", {}, element("th", { scope: "row" }, String(name)), ...cells[at]));
  const node = element("div", { class: "table-wrap confusion", tabindex: "0", role: "group", "aria-label": "Confusion matrix" }, element("table", { class: "table" }, element("thead", {}, head), element("tbody", {}, ...rows)));
  const show = (counts) => {
    counts.forEach((row, at) => {
      const all = row.reduce((sum, count) => sum + count, 0) || 1;
      row.forEach((count, to) => {
        const cell = cells[at][to];
        cell.textContent = count.toLocaleString("en");
        cell.className = `num heat-${Math.round((5 * count) / all)}${at === to ? " is-right" : " is-wrong"}`;
        cell.title = `${classes[at]} told ${classes[to]}: ${count.toLocaleString("en")}, ${((100 * count) / all).toFixed(1)} % of the row`;
      });
    });
  };
  return { node, show };
}

const nearest = (list, wanted) => list.reduce((best, value, at) => (Math.abs(value - wanted) < Math.abs(list[best] - wanted) ? at : best), 0);
