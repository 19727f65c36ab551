// Places for nodes: in columns from left to right by what they wait for, ordered so that wires cross little.
import { GRID, idsOf, wiresOf } from "./graph.js";

export const WIDTH = 232;
const HEAD = 46;
const PORT = 24;
const COMMENT = 26;
const FOOT = 10;
const BETWEEN_COLUMNS = 100;
const BETWEEN_ROWS = 36;
const SWEEPS = 6;

// How high a node is drawn: the same sum as in designer.css, so that nothing must be measured first.
export function heightOf(parts, hasComment) {
  const rows = Math.max(parts.inputs.length, parts.outputs.length, 1);
  return HEAD + rows * PORT + FOOT + (hasComment ? COMMENT : 0);
}

// { id: [x, y] } for every node of the document, or for `only` some of them around the place they have.
export function arranged(document, heights, only = null) {
  const ids = idsOf(document).filter((id) => !only || only.has(id));
  const wires = wiresOf(document).filter((wire) => ids.includes(wire.from) && ids.includes(wire.to));
  const columns = columnsOf(ids, wires);
  order(columns, wires);
  return placesOf(columns, wires, heights, origin(document, only));
}

function origin(document, only) {
  const places = only ? [...only].map((id) => document.layout?.[id]).filter(Boolean) : [];
  if (!places.length) return [2 * GRID, 2 * GRID];
  return [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
}

// The longest way from a node without a wire in; those that feed only a late node stand just before it.
function columnsOf(ids, wires) {
  const level = new Map(ids.map((id) => [id, 0]));
  for (let round = 0; round < ids.length; round += 1) {
    let isChanged = false;
    for (const { from, to } of wires) {
      const wanted = Math.min(level.get(from) + 1, ids.length);
      if (from !== to && level.get(to) < wanted && wanted < ids.length) {
        level.set(to, wanted);
        isChanged = true;
      }
    }
    if (!isChanged) break;
  }
  const isFed = new Set(wires.map((wire) => wire.to));
  for (const id of ids) {
    const next = wires.filter((wire) => wire.from === id).map((wire) => level.get(wire.to));
    if (!isFed.has(id) && next.length) level.set(id, Math.max(0, Math.min(...next) - 1));
  }
  const columns = Array.from({ length: Math.max(0, ...level.values()) + 1 }, () => []);
  for (const id of ids) columns[level.get(id)].push(id);
  return columns.filter((column) => column.length);
}

function order(columns, wires) {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const order = isDown ? columns.keys() : [...columns.keys()].reverse();
    const rank = new Map(columns.flatMap((column) => column.map((id, row) => [id, row / Math.max(1, column.length)])));
    for (const index of order) {
      const middle = new Map(columns[index].map((id, row) => [id, mean(wires.filter((wire) => (isDown ? wire.to : wire.from) === id).map((wire) => rank.get(isDown ? wire.from : wire.to)), row / columns[index].length)]));
      columns[index].sort((a, b) => middle.get(a) - middle.get(b));
      columns[index].forEach((id, row) => rank.set(id, row / Math.max(1, columns[index].length)));
    }
  }
}

function mean(numbers, otherwise) {
  return numbers.length ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : otherwise;
}

// Each node beside the middle of what feeds it, as far as its column lets it.
function placesOf(columns, wires, heights, [left, top]) {
  const places = {};
  const middle = (id) => places[id][1] + heights.get(id) / 2;
  columns.forEach((column, index) => {
    const x = left + index * (WIDTH + BETWEEN_COLUMNS);
    let y = -Infinity;
    for (const id of column) {
      const fed = wires.filter((wire) => wire.to === id && places[wire.from]).map((wire) => middle(wire.from));
      const wanted = mean(fed, (y === -Infinity ? top : y) + heights.get(id) / 2) - heights.get(id) / 2;
      const at = Math.max(y, wanted);
      places[id] = [x, at];
      y = at + heights.get(id) + BETWEEN_ROWS;
    }
  });
  const highest = Math.min(...Object.values(places).map(([, y]) => y));
  const snap = (value) => Math.round(value / GRID) * GRID;
  return Object.fromEntries(Object.entries(places).map(([id, [x, y]]) => [id, [snap(x), snap(y - highest + top)]]));
}

// A free place near a point: beside what is there, not on it.
export function freePlace(document, [x, y]) {
  const taken = Object.values(document.layout ?? {});
  let place = [Math.round(x / GRID) * GRID, Math.round(y / GRID) * GRID];
  while (taken.some(([otherX, otherY]) => Math.abs(otherX - place[0]) < GRID && Math.abs(otherY - place[1]) < GRID)) place = [place[0] + 2 * GRID, place[1] + 2 * GRID];
  return place;
}
