// Places for nodes: in rows from top to bottom by what they wait for, ordered so that wires cross little.
import { GRID, idsOf, wiresOf } from "./graph.js";

export const WIDTH = 240;
const HEAD = 46;
const PORTS = 24;
const COMMENT = 26;
const BETWEEN_ROWS = 60;
const BETWEEN_NODES = 40;
const TURN = 20; // the room a wire gets that passes a row
const SWEEPS = 6;
const MOST = HEAD + 2 * PORTS + COMMENT; // the height of a node with everything
const FAR = 40; // steps of two squares

// How high a node is drawn: the same sum as in designer-canvas.css, so that nothing must be measured first.
export function heightOf(parts, hasComment) {
  return HEAD + (parts.inputs.length ? PORTS : 0) + (parts.outputs.length ? PORTS : 0) + (hasComment ? COMMENT : 0);
}

// What a node takes up and where its ports are: { height, inputs: [names], outputs: [names] }.
export function sizeOf(parts, hasComment) {
  return { height: heightOf(parts, hasComment), inputs: parts.inputs.map((port) => port.name), outputs: parts.outputs.map((port) => port.name) };
}

// { id: [x, y] } for every node of the document, or for `only` some of them around the place they have.
export function arranged(document, sizes, only = null) {
  const ids = idsOf(document).filter((id) => !only || only.has(id));
  const known = new Set(ids);
  const wires = wiresOf(document).filter((wire) => !wire.isBack && known.has(wire.from) && known.has(wire.to)).map((wire) => withOffsets(wire, sizes));
  const level = levelsOf(ids, wires);
  const [rows, short] = rowsOf(ids, wires, level);
  order(rows, short);
  return placesOf(rows, short, sizes, origin(document, only), known);
}

// How far from the middle of a node its ports are.
function withOffsets(wire, sizes) {
  const offset = (names, port) => (names.includes(port) ? ((names.indexOf(port) + 0.5) / names.length - 0.5) * WIDTH : 0);
  return { from: wire.from, to: wire.to, out: offset(sizes.get(wire.from).outputs, wire.fromPort), into: offset(sizes.get(wire.to).inputs, wire.toPort) };
}

function origin(document, only) {
  const places = only ? [...only].map((id) => document.layout?.[id]).filter(Boolean) : [];
  if (!places.length) return [2 * GRID, 2 * GRID];
  return [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
}

// The longest way from a node without a wire in; those that feed only a late node stand just before it.
function levelsOf(ids, wires) {
  const level = new Map(ids.map((id) => [id, 0]));
  for (let round = 0; round < ids.length; round += 1) {
    let isChanged = false;
    for (const { from, to } of wires) {
      const wanted = level.get(from) + 1;
      if (from === to || level.get(to) >= wanted || wanted >= ids.length) continue;
      level.set(to, wanted);
      isChanged = true;
    }
    if (!isChanged) break;
  }
  const isFed = new Set(wires.map((wire) => wire.to));
  const next = new Map();
  for (const { from, to } of wires) next.set(from, Math.min(next.get(from) ?? Infinity, level.get(to)));
  for (const id of ids) if (!isFed.has(id) && next.has(id)) level.set(id, Math.max(0, next.get(id) - 1));
  return level;
}

// Rows of nodes; a wire over more than one row is led past the nodes of each through a place of its own.
function rowsOf(ids, wires, level) {
  const rows = Array.from({ length: Math.max(0, ...level.values()) + 1 }, () => []);
  for (const id of ids) rows[level.get(id)].push(id);
  const short = [];
  wires.forEach((wire, index) => {
    let { from, out } = wire;
    for (let row = level.get(wire.from) + 1; row < level.get(wire.to); row += 1) {
      const turn = `\u0000${index}.${row}`;
      rows[row].push(turn);
      short.push({ from, to: turn, out, into: 0 });
      [from, out] = [turn, 0];
    }
    short.push({ from, to: wire.to, out, into: wire.into });
  });
  return [rows.filter((row) => row.length), short];
}

function order(rows, wires) {
  const before = Map.groupBy ? Map.groupBy(wires, (wire) => wire.to) : grouped(wires, "to");
  const next = Map.groupBy ? Map.groupBy(wires, (wire) => wire.from) : grouped(wires, "from");
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const indexes = isDown ? [...rows.keys()] : [...rows.keys()].reverse();
    const rank = new Map(rows.flatMap((row) => row.map((id, at) => [id, at])));
    for (const index of indexes) {
      const row = rows[index];
      const beside = (id) => ((isDown ? before : next).get(id) ?? []).map((wire) => (isDown ? rank.get(wire.from) + (wire.out - wire.into) / WIDTH / 2 : rank.get(wire.to) + (wire.into - wire.out) / WIDTH / 2));
      const middle = new Map(row.map((id, at) => [id, mean(beside(id), at)]));
      row.sort((a, b) => middle.get(a) - middle.get(b));
      row.forEach((id, at) => rank.set(id, at));
    }
  }
}

function grouped(wires, end) {
  const groups = new Map();
  for (const wire of wires) groups.set(wire[end], [...(groups.get(wire[end]) ?? []), wire]);
  return groups;
}

function mean(numbers, otherwise) {
  return numbers.length ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : otherwise;
}

// Each node where its wires are straightest, as far as its row lets it: from above, then from below, then from above again.
function placesOf(rows, wires, sizes, [left, top], known) {
  const before = grouped(wires, "to");
  const next = grouped(wires, "from");
  const width = (id) => (known.has(id) ? WIDTH : TURN);
  const middle = new Map();
  const wish = (id, isDown) => mean(((isDown ? before : next).get(id) ?? []).map((wire) => (isDown ? middle.get(wire.from) + wire.out - wire.into : middle.get(wire.to) + wire.into - wire.out)), middle.get(id));
  for (const row of rows) row.reduce((x, id) => (middle.set(id, x + width(id) / 2), x + width(id) + BETWEEN_NODES), 0);
  for (const isDown of [true, false, true]) {
    for (const row of isDown ? rows : [...rows].reverse()) spread(row, middle, width, (id) => wish(id, isDown));
  }
  const first = Math.min(...[...known].map((id) => middle.get(id) - WIDTH / 2));
  const snap = (value) => Math.round(value / GRID) * GRID;
  const places = {};
  let y = top;
  for (const row of rows) {
    const nodes = row.filter((id) => known.has(id));
    for (const id of nodes) places[id] = [snap(middle.get(id) - WIDTH / 2 - first + left), snap(y)];
    if (nodes.length) y += Math.max(...nodes.map((id) => sizes.get(id).height)) + BETWEEN_ROWS;
  }
  return places;
}

// A row in its order, each as near to its wish as the others let it: those that would overlap stand around their mean.
function spread(row, middle, width, wish) {
  const groups = [];
  for (const id of row) {
    let group = { ids: [id], offsets: [0], at: wish(id), length: width(id) };
    while (groups.length && groups.at(-1).at + groups.at(-1).length / 2 + BETWEEN_NODES > group.at - group.length / 2) group = joined(groups.pop(), group);
    groups.push(group);
  }
  for (const group of groups) group.ids.forEach((id, index) => middle.set(id, group.at + group.offsets[index]));
}

function joined(a, b) {
  const length = a.length + BETWEEN_NODES + b.length;
  const shiftA = (a.length - length) / 2;
  const shiftB = (length - b.length) / 2;
  const at = ((a.at - shiftA) * a.ids.length + (b.at - shiftB) * b.ids.length) / (a.ids.length + b.ids.length);
  return { ids: [...a.ids, ...b.ids], offsets: [...a.offsets.map((one) => one + shiftA), ...b.offsets.map((one) => one + shiftB)], at, length };
}

// The place nearest to a point where nodes at these places, from their top left corner, stand on none that is there.
export function roomFor(document, sizes, [x, y], wanted) {
  const taken = Object.entries(document.layout ?? {}).map(([id, [left, top]]) => [left, top, sizes.get(id)?.height ?? MOST]);
  const isFree = ([byX, byY]) => wanted.every(([left, top]) => taken.every(([otherX, otherY, height]) =>
    Math.abs(x + byX + left - otherX) >= WIDTH + GRID || y + byY + top >= otherY + height + GRID || y + byY + top + MOST + GRID <= otherY));
  const [byX, byY] = steps().find(isFree) ?? [0, 0];
  return [x + byX, y + byY];
}

// Every step to the side that is looked at, the shortest first, down before up.
function steps() {
  if (known) return known;
  const ways = Array.from({ length: 2 * FAR + 1 }, (_, index) => (index - FAR) * 2 * GRID);
  known = ways.flatMap((byX) => ways.map((byY) => [byX, byY]));
  return known.sort((a, b) => Math.hypot(...a) - Math.hypot(...b) || b[1] - a[1] || b[0] - a[0]);
}

let known = null;

// A free place near a point: beside what is there, not on it.
export function freePlace(document, [x, y]) {
  const taken = Object.values(document.layout ?? {});
  let place = [Math.round(x / GRID) * GRID, Math.round(y / GRID) * GRID];
  while (taken.some(([otherX, otherY]) => Math.abs(otherX - place[0]) < GRID && Math.abs(otherY - place[1]) < GRID)) place = [place[0] + 2 * GRID, place[1] + 2 * GRID];
  return place;
}
