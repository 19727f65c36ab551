// Smooths a curve in the browser, on the points that are shown. What is not finite stays as it is and bends nothing.

// One debiased exponential average: the weight of the past may differ from point to point.
function averaged(values, weightAt) {
  let sum = 0;
  let mass = 0;
  return values.map((value, index) => {
    if (!Number.isFinite(value)) return value;
    const weight = mass === 0 ? 0 : weightAt(index);
    sum = sum * weight + value;
    mass = mass * weight + 1;
    return sum / mass;
  });
}

export function ema(values, amount) {
  return averaged(values, () => amount);
}

// Time-weighted: points that lie far apart on the x axis pull less on each other, so that sampling doesn't change the look.
export function twema(xs, values, amount) {
  const span = spanOf(xs);
  if (!(span > 0)) return ema(values, amount);
  const weight = Math.min(Math.sqrt(amount), 0.999);
  return averaged(values, (index) => weight ** ((Math.abs(xs[index] - xs[index - 1]) / span) * 1000));
}

function spanOf(numbers) {
  let low = Infinity;
  let high = -Infinity;
  for (const number of numbers) {
    if (!Number.isFinite(number)) continue;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return high - low;
}

export function smooth(xs, values, { method, amount }) {
  if (!(amount > 0)) return values;
  return method === "ema" ? ema(values, amount) : twema(xs, values, amount);
}
