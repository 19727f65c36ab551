// Places for nodes: in rows from top to bottom by what they wait for, ordered so that wires cross little.
import { GRID, idsOf, wiresOf } from "./graph.js";

export const WIDTH = 240;
const HEAD = 46;
const PORTS = 24;
const COMMENT = 26;
const BETWEEN_ROWS = 60;
const BETWEEN_NODES = 40;
const SWEEPS = 6;

// How high a node is drawn: the same sum as in designer-canvas.css, so that nothing must be measured first.
export function heightOf(parts, hasComment) {
  return HEAD + (parts.inputs.length ? PORTS : 0) + (parts.outputs.length ? PORTS : 0) + (hasComment ? COMMENT : 0);
}

// { id: [x, y] } for every node of the document, or for `only` some of them around the place they have.
export function arranged(document, heights, only = null) {
  const ids = idsOf(document).filter((id) => !only || only.has(id));
  const wires = wiresOf(document).filter((wire) => ids.includes(wire.from) && ids.includes(wire.to));
  const rows = rowsOf(ids, wires);
  order(rows, wires);
  return placesOf(rows, wires, heights, origin(document, only));
}

function origin(document, only) {
  const places = only ? [...only].map((id) => document.layout?.[id]).filter(Boolean) : [];
  if (!places.length) return [2 * GRID, 2 * GRID];
  return [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
}

// The longest way from a node without a wire in; those that feed only a late node stand just before it.
function rowsOf(ids, wires) {
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
  const rows = Array.from({ length: Math.max(0, ...level.values()) + 1 }, () => []);
  for (const id of ids) rows[level.get(id)].push(id);
  return rows.filter((row) => row.length);
}

function order(rows, wires) {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const indexes = isDown ? [...rows.keys()] : [...rows.keys()].reverse();
    const rank = new Map(rows.flatMap((row) => row.map((id, at) => [id, at / Math.max(1, row.length)])));
    for (const index of indexes) {
      const row = rows[index];
      const beside = (id) => wires.filter((wire) => (isDown ? wire.to : wire.from) === id).map((wire) => rank.get(isDown ? wire.from : wire.to));
      const middle = new Map(row.map((id, at) => [id, mean(beside(id), at / row.length)]));
      row.sort((a, b) => middle.get(a) - middle.get(b));
      row.forEach((id, at) => rank.set(id, at / Math.max(1, row.length)));
    }
  }
}

function mean(numbers, otherwise) {
  return numbers.length ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : otherwise;
}

// Each node below the middle of what feeds it, as far as its row lets it.
function placesOf(rows, wires, heights, [left, top]) {
  const places = {};
  let y = top;
  for (const row of rows) {
    let x = -Infinity;
    for (const id of row) {
      const fed = wires.filter((wire) => wire.to === id && places[wire.from]).map((wire) => places[wire.from][0]);
      const at = Math.max(x, mean(fed, x === -Infinity ? left : x));
      places[id] = [at, y];
      x = at + WIDTH + BETWEEN_NODES;
    }
    y += Math.max(...row.map((id) => heights.get(id))) + BETWEEN_ROWS;
  }
  return settled(rows, wires, places, left);
}

// Once more from below: what feeds one node only stands above it where there is room.
function settled(rows, wires, places, left) {
  for (const row of [...rows].reverse()) {
    for (const id of [...row].reverse()) {
      const next = wires.filter((wire) => wire.from === id).map((wire) => places[wire.to][0]);
      const limit = Math.min(Infinity, ...row.slice(row.indexOf(id) + 1).map((other) => places[other][0] - WIDTH - BETWEEN_NODES));
      if (next.length) places[id][0] = Math.max(places[id][0], Math.min(limit, mean(next, 0)));
    }
  }
  const first = Math.min(...Object.values(places).map(([x]) => x));
  const snap = (value) => Math.round(value / GRID) * GRID;
  return Object.fromEntries(Object.entries(places).map(([id, [x, y]]) => [id, [snap(x - first + left), snap(y)]]));
}

// A free place near a point: beside what is there, not on it.
export function freePlace(document, [x, y]) {
  const taken = Object.values(document.layout ?? {});
  let place = [Math.round(x / GRID) * GRID, Math.round(y / GRID) * GRID];
  while (taken.some(([otherX, otherY]) => Math.abs(otherX - place[0]) < GRID && Math.abs(otherY - place[1]) < GRID)) place = [place[0] + 2 * GRID, place[1] + 2 * GRID];
  return place;
}
