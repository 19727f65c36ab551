// The sentence that stands for a chart where it can't be seen.

import { shown } from "./numbers.js";

export function sentenceOf(metric, runs) {
  const having = runs.filter(({ id }) => id in metric.runs);
  if (having.length === 0) return `${metric.key}, no values`;
  const goal = metric.runs[having[0].id].goal;
  const ranked = having
    .map((run) => ({ run, value: goal === "min" ? metric.runs[run.id].min : goal === "max" ? metric.runs[run.id].max : metric.runs[run.id].last }))
    .filter(({ value }) => typeof value === "number")
    .sort((a, b) => (goal === "min" ? a.value - b.value : b.value - a.value));
  const count = having.length === 1 ? having[0].name : `${having.length} runs`;
  if (ranked.length === 0) return `${metric.key}, ${count}, no finite values`;
  const { run, value } = ranked[0];
  const word = goal ? "best" : having.length === 1 ? "last" : "highest last value";
  const step = goal ? "" : ` at step ${metric.runs[run.id].last_step.toLocaleString("en")}`;
  return `${metric.key}, ${count}, ${word} ${shown(value)}${having.length > 1 ? ` by ${run.name}` : ""}${step}`;
}
