// The ways of wires: a plain curve where nothing stands between its ends, otherwise lanes past the nodes that do.
// A way is a list of lanes from top to bottom, [x, top, bottom]; between two of them the wire bends.
import { wiresOf } from "./graph.js";
import { IN_PORT } from "./references.js";
import { WIDTH } from "./layout.js";

const EDGE = 7; // what a node's border and padding take at its sides
const OUT = 6; // how far a port stands out
const NEAR = 3; // so close to a node counts as behind it
const ROOM = 20; // between a lane and a node, where there is that much
const LEAST = 14; // a gap between nodes that a wire goes through
const APART = 8; // between two lanes
const BEND = 12; // the height that a bend takes at least
const BAND_GAP = 2 * BEND; // rows that are nearer to each other are passed in one lane
const TURN_COST = 10;
const SQUEEZE_COST = 100_000; // a bend where there is no room for one
const ROUNDS = 12;
const SAMPLES = 16;
const STEP = 12;

// { wire's id: way } for every wire whose plain curve would go behind a node. `sizes` as layout.js has them.
export function waysOf(document, sizes) {
  const boxes = boxesOf(document, sizes);
  const ways = new Map();
  const taken = [];
  for (const wire of wiresOf(document)) {
    const [from, to] = endsAt(wire, boxes, sizes);
    if (!from || to.y < from.y + BEND) continue; // upwards: there is no way between rows
    // A wire that ends at a node's side may not come to it from behind.
    const between = [...boxes.values()].filter((box) => box.id !== wire.from && (box.id !== wire.to || to.isSide) && box.bottom > from.y && box.top < to.y);
    const source = `${wire.from} ${wire.fromPort}`;
    const way = wayPast(from, to, between, taken.filter((lane) => lane.source !== source));
    if (!way.length) continue;
    ways.set(wire.id, way);
    for (const [x, top, bottom] of way) taken.push({ x, top, bottom, source });
  }
  return ways;
}

function boxesOf(document, sizes) {
  const boxes = new Map();
  for (const [id, [left, top]] of Object.entries(document.layout ?? {})) {
    if (sizes.has(id)) boxes.set(id, { id, left, right: left + WIDTH, top, bottom: top + sizes.get(id).height });
  }
  return boxes;
}

// Where a wire begins and ends, as near as the places of nodes tell it.
function endsAt(wire, boxes, sizes) {
  const [a, b] = [boxes.get(wire.from), boxes.get(wire.to)];
  if (!a || !b) return [];
  const from = { x: along(a, sizes.get(wire.from).outputs, wire.fromPort), y: a.bottom + OUT };
  if (wire.toPort === IN_PORT) return [from, { x: b.left - OUT, y: b.bottom - sizes.get(wire.to).height / 2, isSide: true }];
  return [from, { x: along(b, sizes.get(wire.to).inputs, wire.toPort), y: b.top - OUT }];
}

function along(box, ports, port) {
  const index = Math.max(0, ports.indexOf(port));
  return box.left + EDGE + ((index + 0.5) / Math.max(1, ports.length)) * (WIDTH - 2 * EDGE);
}

// Only what is in the way is gone round: what the way then goes behind is added, until it is free.
function wayPast(from, to, boxes, taken) {
  let best = { way: [], hit: behind(curvesOf(from, to, []), boxes) };
  const known = new Set(best.hit);
  for (let round = 0; best.hit.length && round < ROUNDS; round += 1) {
    const way = lanesPast(from, to, bandsOf([...known]), taken);
    const hit = way.length ? behind(curvesOf(from, to, way), boxes) : boxes;
    if (hit.length < best.hit.length) best = { way, hit };
    const before = known.size;
    for (const box of hit) known.add(box);
    if (known.size === before) break;
  }
  return best.way;
}

// Rows of boxes: those whose heights overlap, or leave no room for a bend between them.
function bandsOf(boxes) {
  const bands = [];
  for (const box of [...boxes].sort((a, b) => a.top - b.top)) {
    const last = bands.at(-1);
    if (last && box.top < last.bottom + BAND_GAP) {
      last.boxes.push(box);
      last.bottom = Math.max(last.bottom, box.bottom);
    } else bands.push({ top: box.top, bottom: box.bottom, boxes: [box] });
  }
  return bands;
}

// The lanes of least way to the side, one a band. A step of the way is { x, cost, before }.
function lanesPast(from, to, bands, taken) {
  const end = to.isSide ? to.x + OUT - ROOM : to.x;
  let steps = [{ x: from.x, cost: 0, before: null }];
  bands.forEach((band, index) => {
    const isTight = index === 0 && band.top - OUT < from.y + BEND;
    const isLate = index === bands.length - 1 && band.bottom + OUT > to.y - BEND;
    steps = freeAt(band, taken, [from.x, end]).map((x) => nextStep(steps, x, isTight, isLate && Math.abs(x - end) > 1 ? SQUEEZE_COST : 0));
  });
  const last = nextStep(steps, end, false, 0);
  const lanes = [];
  for (let step = last.before; step?.before; step = step.before) lanes.unshift(step.x);
  return bent(lanes.map((x, index) => [x, bands[index].top - OUT, bands[index].bottom + OUT]), from, to);
}

function nextStep(steps, x, isTight, more) {
  let [before, cost] = [null, Infinity];
  for (const step of steps) {
    const sum = step.cost + bendCost(step.x, x, isTight);
    if (sum < cost) [before, cost] = [step, sum];
  }
  return { x, cost: cost + more, before };
}

function bendCost(from, to, isTight = false) {
  const away = Math.abs(to - from);
  return away < 1 ? 0 : away + TURN_COST + (isTight ? SQUEEZE_COST : 0);
}

// Lanes leave room for the bends at the ends.
function bent(lanes, from, to) {
  return lanes.map(([x, top, bottom], index) => {
    const first = index === 0 && Math.abs(x - from.x) > 1 ? from.y + BEND : from.y;
    const last = index === lanes.length - 1 ? to.y - BEND : to.y;
    const start = Math.round(Math.max(top, first));
    return [Math.round(x), start, Math.max(start, Math.round(Math.min(bottom, last)))];
  });
}

// Places for a lane in the gaps between the boxes of a band, the nearest to each of the wishes, and the sides.
function freeAt(band, taken, wishes) {
  const busy = taken.filter((lane) => lane.top < band.bottom && lane.bottom > band.top).map((lane) => lane.x);
  const found = new Set();
  for (const [low, high] of gapsOf(band.boxes)) {
    const near = busy.filter((x) => x > low - APART && x < high + APART);
    for (const wish of wishes) {
      const x = beside(near, Math.min(high, Math.max(low, wish)), low, high);
      if (x !== null) found.add(x);
    }
  }
  return [...found];
}

function gapsOf(boxes) {
  const gaps = [];
  let left = -Infinity;
  for (const box of [...boxes, { left: Infinity, right: Infinity }].sort((a, b) => a.left - b.left)) {
    const width = box.left - left;
    const margin = Math.min(ROOM, Math.max(NEAR + 2, width * 0.3));
    if (width >= LEAST) gaps.push([left + margin, box.left - margin]);
    left = Math.max(left, box.right);
  }
  return gaps;
}

// The place nearest to `wish` that no other lane has, or null where the gap is full.
function beside(busy, wish, low, high) {
  for (let step = 0; step <= 2 * busy.length; step += 1) {
    for (const x of step ? [wish + step * APART, wish - step * APART] : [wish]) {
      if (x >= low && x <= high && busy.every((one) => Math.abs(one - x) >= APART)) return x;
    }
  }
  return null;
}

function behind(curves, boxes) {
  return boxes.filter((box) => curves.some((curve) => crosses(curve, box)));
}

function crosses(curve, box) {
  const [left, right, top, bottom] = [box.left - NEAR, box.right + NEAR, box.top - NEAR, box.bottom + NEAR];
  const [x0, y0, x1, y1, x2, y2, x3, y3] = curve;
  if (Math.min(x0, x1, x2, x3) > right || Math.max(x0, x1, x2, x3) < left) return false;
  if (Math.min(y0, y1, y2, y3) > bottom || Math.max(y0, y1, y2, y3) < top) return false;
  if (x0 === x3 && x1 === x0 && x2 === x0) return true; // a lane
  const count = Math.max(SAMPLES, Math.ceil(Math.abs(y3 - y0) / STEP));
  for (let index = 0; index <= count; index += 1) {
    const t = index / count;
    const s = 1 - t;
    const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    const x = a * x0 + b * x1 + c * x2 + d * x3;
    const y = a * y0 + b * y1 + c * y2 + d * y3;
    if (x > left && x < right && y > top && y < bottom) return true;
  }
  return false;
}

// The curves of a wire, each [x, y] four times: two ends and what bends it between them.
export function curvesOf(from, to, way) {
  if (!way.length) return [to.isSide ? sideCurve(from, to) : curve(from.x, from.y, to.x, to.y)];
  const curves = [];
  let [x, y] = [from.x, from.y];
  for (const [lane, top, bottom] of way) {
    curves.push(curve(x, y, lane, top), curve(lane, top, lane, bottom));
    [x, y] = [lane, bottom];
  }
  curves.push(to.isSide ? [x, y, x, to.y, x, to.y, to.x, to.y] : curve(x, y, to.x, to.y));
  return curves;
}

function curve(x0, y0, x1, y1) {
  const half = (y0 + y1) / 2;
  return [x0, y0, x0, half, x1, half, x1, y1];
}

function sideCurve(from, to) {
  const away = to.x - from.x;
  const side = away < 0 ? 6.25 * Math.sqrt(-away) : away / 2; // as the plain curve is drawn
  return [from.x, from.y, from.x, (from.y + to.y) / 2, to.x - side, to.y, to.x, to.y];
}

// What a way is drawn with; "" where a node was moved so that its lanes lead back.
export function pathThrough(from, to, way) {
  if (from.y > way[0][1] + BEND || to.y < way.at(-1)[2] - BEND) return "";
  const [first, ...rest] = curvesOf(from, to, way);
  return `M${first[0]} ${first[1]}${[first, ...rest].map((one) => `C${one.slice(2).join(" ")}`).join("")}`;
}
