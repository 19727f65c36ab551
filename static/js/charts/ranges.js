// Where axes begin and end.

const SAMPLE = 20_000; // values looked at to find outliers

export function extentOf(lines, wanted = () => true) {
  let low = Infinity;
  let high = -Infinity;
  for (const { xs } of lines) {
    for (const x of xs) {
      if (!wanted(x)) continue;
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  return low <= high ? [low, high] : null;
}

// The values of what is drawn between two places of the x axis.
export function valuesIn(lines, [from, to], isRanged) {
  const found = { low: Infinity, high: -Infinity, least: Infinity };
  const look = (value) => {
    if (!Number.isFinite(value)) return;
    if (value < found.low) found.low = value;
    if (value > found.high) found.high = value;
    if (value > 0 && value < found.least) found.least = value;
  };
  for (const line of lines) {
    const { xs, ys, low, high } = line;
    const hasRange = low && (line.band || isRanged);
    for (let index = 0; index < xs.length; index += 1) {
      if (xs[index] < from || xs[index] > to) continue;
      look(ys[index]);
      if (hasRange) {
        look(low[index]);
        look(high[index]);
      }
    }
  }
  return found;
}

function quantiles(lines, [from, to]) {
  const sample = [];
  let count = 0;
  for (const { xs } of lines) count += xs.length;
  const every = Math.max(1, Math.ceil(count / SAMPLE));
  for (const { xs, ys } of lines) {
    for (let index = 0; index < xs.length; index += every) {
      if (xs[index] >= from && xs[index] <= to && Number.isFinite(ys[index])) sample.push(ys[index]);
    }
  }
  sample.sort((a, b) => a - b);
  return sample.length ? [sample[Math.floor(sample.length * 0.05)], sample[Math.ceil(sample.length * 0.95) - 1]] : null;
}

// The y axis: its kind, ends and, for symlog, how wide the straight middle is.
export function verticalAxis(lines, across, options, typed) {
  const found = valuesIn(lines, across, options.isRanged);
  const linear = Math.max(Math.abs(found.low), Math.abs(found.high)) / 1000 || 1;
  let { low, high } = found;
  if (options.outliers) [low, high] = quantiles(lines, across) ?? [low, high];
  if (!(low <= high)) [low, high] = [0, 1];
  if (options.logy === "log") return { kind: "log", linear, ...logarithmic(low, high, found.least, typed) };
  if (options.zero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  const room = (high - low) * 0.05 || Math.abs(high) * 0.05 || 0.5;
  return { kind: options.logy, linear, low: typed?.[0] ?? low - (options.zero && low === 0 ? 0 : room), high: typed?.[1] ?? high + room };
}

function logarithmic(low, high, least, typed) {
  const from = typed?.[0] > 0 ? typed[0] : low > 0 ? low : Number.isFinite(least) ? least : 0.1;
  const to = typed?.[1] > from ? typed[1] : high > from ? high : from * 10;
  return typed ? { low: from, high: to } : { low: from / 1.15, high: to * 1.15 };
}

const UNITS = [
  { word: "d", seconds: 86400, from: 3 * 86400 },
  { word: "h", seconds: 3600, from: 3 * 3600 },
  { word: "min", seconds: 60, from: 5 * 60 },
  { word: "s", seconds: 1, from: -Infinity },
];

// The unit in which a relative axis of so many seconds reads best.
export function unitFor(seconds) {
  return UNITS.find((unit) => seconds >= unit.from);
}
