// Smooths a curve in the browser, on the points that are shown. What is not finite stays as it is and bends nothing.

const WIDEST = 0.2; // the share of the points that a window holds when the amount is 1

// One debiased exponential average: the weight of the past may differ from point to point.
function averaged(values, weightAt) {
  const found = new Float64Array(values.length);
  let sum = 0;
  let mass = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (!Number.isFinite(value)) {
      found[index] = value;
      continue;
    }
    const weight = mass === 0 ? 0 : weightAt(index);
    sum = sum * weight + value;
    mass = mass * weight + 1;
    found[index] = sum / mass;
  }
  return found;
}

export function ema(xs, values, amount) {
  return averaged(values, () => amount);
}

// Time-weighted: points that lie far apart on the x axis pull less on each other, so that sampling doesn't change the look.
export function twema(xs, values, amount) {
  const span = spanOf(xs);
  if (!(span > 0)) return ema(xs, values, amount);
  const weight = Math.min(Math.sqrt(amount), 0.999);
  return averaged(values, (index) => weight ** ((Math.abs(xs[index] - xs[index - 1]) / span) * 1000));
}

function spanOf(numbers) {
  let low = Infinity;
  let high = -Infinity;
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return high - low;
}

// The finite points alone go through `work`; the others are put back where they were.
function onFinite(values, work) {
  const places = [];
  for (let index = 0; index < values.length; index += 1) if (Number.isFinite(values[index])) places.push(index);
  const smooth = work(Float64Array.from(places, (place) => values[place]));
  const found = Float64Array.from(values);
  places.forEach((place, index) => (found[place] = smooth[index]));
  return found;
}

function halfOf(count, amount) {
  return Math.max(1, Math.round((count * amount * WIDEST) / 2));
}

export function gaussian(xs, values, amount) {
  return onFinite(values, (row) => {
    const sigma = halfOf(row.length, amount) / 2;
    const reach = Math.ceil(3 * sigma);
    const weights = Float64Array.from({ length: reach + 1 }, (_, away) => Math.exp(-0.5 * (away / sigma) ** 2));
    return row.map((_, index) => {
      let sum = 0;
      let mass = 0;
      for (let at = Math.max(0, index - reach); at <= Math.min(row.length - 1, index + reach); at += 1) {
        const weight = weights[Math.abs(at - index)];
        sum += weight * row[at];
        mass += weight;
      }
      return sum / mass;
    });
  });
}

export function runningMean(xs, values, amount) {
  return onFinite(values, (row) => {
    const half = halfOf(row.length, amount);
    const sums = new Float64Array(row.length + 1);
    row.forEach((value, index) => (sums[index + 1] = sums[index] + value));
    return row.map((_, index) => {
      const from = Math.max(0, index - half);
      const to = Math.min(row.length, index + half + 1);
      return (sums[to] - sums[from]) / (to - from);
    });
  });
}

export function runningMedian(xs, values, amount) {
  return onFinite(values, (row) => {
    const half = halfOf(row.length, amount);
    const sorted = [];
    const place = (value) => {
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle] < value) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    for (let index = 0; index < Math.min(half, row.length); index += 1) sorted.splice(place(row[index]), 0, row[index]);
    return row.map((_, index) => {
      if (index + half < row.length) sorted.splice(place(row[index + half]), 0, row[index + half]);
      if (index - half - 1 >= 0) sorted.splice(place(row[index - half - 1]), 1);
      const middle = sorted.length >> 1;
      return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    });
  });
}

const METHODS = { twema, ema, gaussian, mean: runningMean, median: runningMedian };

export function smooth(xs, values, { method, amount }) {
  return amount > 0 && values.length > 1 ? METHODS[method](xs, values, amount) : values;
}
