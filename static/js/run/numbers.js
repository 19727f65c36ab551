// How values read in charts and their tables: the same rules as the server's formats.

const SPECIAL = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

// A value as JSON brings it: a number, null or one of three words.
export function decoded(value) {
  if (typeof value === "number") return value;
  return value in SPECIAL ? SPECIAL[value] : NaN;
}

export function shown(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 10 ** digits) return String(Number(value.toPrecision(digits)));
  if (size >= 1 && size < 1e15) return Math.round(value).toLocaleString("en");
  return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
}

export function span(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(milliseconds))}ms`;
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  if (whole < 60) return Number.isInteger(seconds) || whole > 9 ? `${whole}s` : `${seconds.toFixed(1)}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86400)}d ${Math.floor((whole % 86400) / 3600)}h`;
}

export function moment(milliseconds) {
  return new Date(milliseconds).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = count;
  let unit = 0;
  while (Math.abs(amount) >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${count} B` : `${amount.toFixed(amount >= 100 ? 0 : 1)} ${units[unit]}`;
}
