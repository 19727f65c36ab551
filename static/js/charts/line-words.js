// The sentence that stands for a chart where it can't be seen, and the note beside its title.

import { shown } from "../run/numbers.js";

export function sentenceOf(key, lines) {
  if (lines.length === 0) return `${key}, no values`;
  if (lines[0].band) return `${key}, ${lines.length} group${lines.length > 1 ? "s" : ""}, ${lines.map((line) => `${line.name} ends at ${shown(line.ys.at(-1))}`).slice(0, 5).join(", ")}`;
  const goal = lines[0].summary?.goal ?? "";
  const ranked = lines
    .map((line) => ({ line, value: valueOf(line, goal) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => (goal === "min" ? a.value - b.value : b.value - a.value));
  const count = lines.length === 1 ? lines[0].name : `${lines.length} runs`;
  if (ranked.length === 0) return `${key}, ${count}, no finite values`;
  const { line, value } = ranked[0];
  const word = goal ? "best" : lines.length === 1 ? "last" : "highest last value";
  const step = goal ? "" : ` at step ${Math.round(line.steps.at(-1)).toLocaleString("en")}`;
  return `${key}, ${count}, ${word} ${shown(value)}${lines.length > 1 ? ` by ${line.name}` : ""}${step}`;
}

function valueOf({ summary, ys }, goal) {
  if (summary && goal) return goal === "min" ? summary.min : summary.max;
  return summary ? Number(summary.last) : ys.at(-1);
}

export function noteOf(lines, state) {
  const notes = [];
  let points = 0;
  let buckets = 0;
  let nans = 0;
  for (const line of lines) {
    points += line.points;
    buckets += line.band ? 0 : line.ys.length;
    nans += line.summary?.nan_count ?? 0;
  }
  if (buckets && points > buckets) notes.push(`sampled 1:${Math.max(2, Math.round(points / buckets))}`);
  if (lines[0]?.band) notes.push(`${state.centre}, ${SPREADS[state.spread]}`);
  if (state.logy === "log" && lines.some(({ ys }) => ys.some((value) => value <= 0))) notes.push("values ≤ 0 are not on a log axis");
  if (nans) notes.push(`${nans.toLocaleString("en")} NaN`);
  return notes.join(" · ");
}

const SPREADS = { std: "± standard deviation", sem: "± standard error", ci95: "95 % confidence", minmax: "least to greatest", none: "no band" };
