// Lines of a log that an address names: `#L120` or `#L120-L130`. Lines count from 1 there, from 0 in the store.

const FORM = /^#L(\d+)(?:-L?(\d+))?$/;

export function readMarks(hash = window.location.hash) {
  const found = FORM.exec(hash);
  if (!found) return null;
  const ends = [Number(found[1]) - 1, Number(found[2] ?? found[1]) - 1].sort((a, b) => a - b);
  return ends[0] >= 0 ? { first: ends[0], last: ends[1] } : null;
}

export function hashOf({ first, last }) {
  return first === last ? `#L${first + 1}` : `#L${first + 1}-L${last + 1}`;
}

export function writeMarks(marks) {
  const address = window.location.pathname + window.location.search + (marks ? hashOf(marks) : "");
  window.history.replaceState(window.history.state, "", address);
}
