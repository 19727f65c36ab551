// A hundred parts among several: one is set, the others keep their proportions and make up the rest in whole numbers.

export function share(values, at, wanted) {
  const own = Math.max(0, Math.min(100, Math.round(wanted) || 0));
  const others = values.map((value, index) => (index === at ? 0 : value));
  const sum = others.reduce((whole, value) => whole + value, 0);
  if (values.length === 1) return [own === 0 ? 0 : 100];
  const rest = 100 - own;
  const exact = others.map((value, index) => {
    if (index === at) return 0;
    return sum ? (value * rest) / sum : rest / (values.length - 1);
  });
  return rounded(exact, rest).map((value, index) => (index === at ? own : value));
}

// Whole numbers that sum to `whole`: what is left over goes where most was cut off.
function rounded(exact, whole) {
  const floors = exact.map(Math.floor);
  let left = whole - floors.reduce((sum, value) => sum + value, 0);
  const order = exact.map((value, index) => [value - floors[index], index]).sort((a, b) => b[0] - a[0]);
  for (const [, index] of order) {
    if (left <= 0) break;
    if (exact[index] === 0) continue;
    floors[index] += 1;
    left -= 1;
  }
  return floors;
}
