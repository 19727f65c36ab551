// The ways of wires, on the samples that come with the studio and on graphs of every kind: run by test_graph.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Catalogue, partsOf } from "./js/declared.js";
import { placed } from "./js/edits.js";
import { emptyDocument, idsOf, wiresOf } from "./js/graph.js";
import { arranged, roomFor, sizeOf, WIDTH } from "./js/layout.js";
import { IN_PORT } from "./js/references.js";
import { curvesOf, pathThrough, waysOf } from "./js/routes.js";

const { documents, declarations } = JSON.parse(readFileSync("samples.json"));
const catalogue = new Catalogue(declarations);
const sizesOf = (document) => new Map(idsOf(document).map((id) => [id, sizeOf(partsOf(document, id, catalogue), false)]));

function portAt(document, sizes, id, ports, port, isBelow) {
  const [x, y] = document.layout[id];
  return { x: x + ((ports.indexOf(port) + 0.5) / ports.length) * WIDTH, y: isBelow ? y + sizes.get(id).height + 6 : y - 6 };
}

// { wire: [nodes it goes behind] }: each curve is followed in small steps.
function behind(document) {
  const sizes = sizesOf(document);
  const ways = waysOf(document, sizes);
  const found = {};
  for (const wire of wiresOf(document).filter((one) => one.toPort !== IN_PORT)) {
    const from = portAt(document, sizes, wire.from, sizes.get(wire.from).outputs, wire.fromPort, true);
    const to = portAt(document, sizes, wire.to, sizes.get(wire.to).inputs, wire.toPort, false);
    if (to.y < from.y) continue;
    const hit = new Set(curvesOf(from, to, ways.get(wire.id) ?? []).flatMap((curve) => idsOf(document).filter((id) => id !== wire.from && id !== wire.to && goesOver(curve, document.layout[id], sizes.get(id).height))));
    if (hit.size) found[wire.id] = [...hit];
  }
  return found;
}

function goesOver([x0, y0, x1, y1, x2, y2, x3, y3], [left, top], height) {
  for (let index = 0; index <= 400; index += 1) {
    const [t, s] = [index / 400, 1 - index / 400];
    const x = s ** 3 * x0 + 3 * s * s * t * x1 + 3 * s * t * t * x2 + t ** 3 * x3;
    const y = s ** 3 * y0 + 3 * s * s * t * y1 + 3 * s * t * t * y2 + t ** 3 * y3;
    if (x > left && x < left + WIDTH && y > top && y < top + height) return true;
  }
  return false;
}

// The same graph every time: each step takes a table of one before it, or of none.
function graphOf(seed, count, placeOf) {
  let state = seed;
  const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
  const document = { ...emptyDocument(), jobs: {}, layout: {} };
  for (let number = 0; number < count; number += 1) {
    const inputs = {};
    for (const port of ["left_dataset", "right_dataset"]) if (number && random() < 0.7) inputs[port] = `\${{parent.jobs.n${Math.floor(random() * number)}.outputs.results_dataset}}`;
    document.jobs[`n${number}`] = { type: "command", component: "atelier:join_data:1", inputs, outputs: {} };
    document.layout[`n${number}`] = placeOf(number, random);
  }
  return document;
}

test("no wire of a sample goes behind a node, as it comes and after it is arranged", () => {
  assert.ok(Object.keys(documents).length >= 8);
  for (const [name, document] of Object.entries(documents)) {
    assert.deepEqual(behind(document), {}, name);
    assert.deepEqual(behind(placed(document, arranged(document, sizesOf(document)))), {}, `${name}, arranged`);
  }
});

test("no wire of an arranged graph goes behind a node", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const document = graphOf(seed, 4 + (seed % 20), () => [0, 0]);
    assert.deepEqual(behind(placed(document, arranged(document, sizesOf(document)))), {}, `graph ${seed}`);
  }
});

test("nodes placed by hand in uneven rows are gone round wherever there is a gap", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const document = graphOf(seed, 16, (number, random) => [(number % 4) * 300 + Math.floor(random() * 30), Math.floor(number / 4) * 190 + Math.floor(random() * 50)]);
    assert.deepEqual(behind(document), {}, `graph ${seed}`);
  }
});

test("nodes that are added without a pointer stand on none that is there, as near as they can", () => {
  const document = graphOf(3, 12, (number) => [(number % 4) * 280, Math.floor(number / 4) * 160]);
  assert.deepEqual(roomFor(document, sizesOf(document), [5000, 5000], [[0, 0]]), [5000, 5000]);
  for (const wanted of [[[0, 0]], [[0, 0], [300, 140], [0, 280]]]) {
    const [x, y] = roomFor(document, sizesOf(document), [420, 200], wanted);
    for (const [left, top] of wanted) {
      for (const [id, [otherX, otherY]] of Object.entries(document.layout)) assert.ok(Math.abs(x + left - otherX) >= WIDTH || Math.abs(y + top - otherY) >= 94, `${id} at ${otherX} ${otherY}, added at ${x + left} ${y + top}`);
    }
    assert.ok(Math.hypot(x - 420, y - 200) < 900);
  }
});

test("a wire that nothing is in the way of is drawn plainly, and a lane is one wire's", () => {
  const document = graphOf(7, 16, (number) => [(number % 4) * 300, Math.floor(number / 4) * 200]);
  const ways = waysOf(document, sizesOf(document));
  assert.ok(ways.size > 0 && ways.size < wiresOf(document).length);
  const lanes = wiresOf(document).flatMap((wire) => (ways.get(wire.id) ?? []).map(([x, top, bottom]) => ({ x, top, bottom, source: `${wire.from} ${wire.fromPort}` })));
  for (const a of lanes) for (const b of lanes) if (a.source !== b.source && a.top < b.bottom && b.top < a.bottom) assert.ok(Math.abs(a.x - b.x) >= 7, JSON.stringify([a, b]));
});

test("a way that a moved node has left behind is not drawn", () => {
  const way = [[100, 200, 300]];
  assert.equal(pathThrough({ x: 0, y: 100 }, { x: 0, y: 400 }, way), "M0 100C0 150 100 150 100 200C100 250 100 250 100 300C100 350 0 350 0 400");
  assert.equal(pathThrough({ x: 0, y: 250 }, { x: 0, y: 400 }, way), "");
  assert.equal(pathThrough({ x: 0, y: 100 }, { x: 0, y: 260 }, way), "");
});
