// Everything in view: as large as it can be, with nothing behind the buttons on the left or the map below right.
import { Flow } from "./react.js";
import { idsOf } from "./graph.js";
import { WIDTH } from "./layout.js";

const { getViewportForBounds } = Flow;
const EDGE = { top: 32, bottom: 32, left: 64, right: 32 };
const BESIDE = 16; // between a node and the map
export const LEAST_ZOOM = 0.1;
export const FIT = { padding: inPixels(EDGE), maxZoom: 1, duration: 0 };

export function fit(designer) {
  const canvas = designer.place.querySelector(".react-flow");
  const boxes = idsOf(designer.document).map((id) => boxOf(designer, id));
  if (!canvas || !designer.flow || !boxes.length) return;
  designer.flow.setViewport(viewOf(boxes, canvas.getBoundingClientRect(), mapIn(canvas)));
}

function boxOf(designer, id) {
  const [x, y] = designer.document.layout?.[id] ?? [0, 0];
  return { x, y, right: x + WIDTH, bottom: y + designer.height(id) };
}

// What the map takes up of the canvas, from its left and top edge, or null where there is none.
function mapIn(canvas) {
  const map = canvas.querySelector(".react-flow__minimap")?.getBoundingClientRect();
  const { left, top } = canvas.getBoundingClientRect();
  return map?.width ? { left: map.left - left - BESIDE, top: map.top - top - BESIDE } : null;
}

// The map's corner stays free where a node would stand there: what is drawn moves to its left or above it, whichever is larger.
function viewOf(boxes, { width, height }, map) {
  const bounds = boundsOf(boxes);
  const views = (map ? [EDGE, { ...EDGE, right: width - map.left }, { ...EDGE, bottom: height - map.top }] : [EDGE])
    .map((edge) => getViewportForBounds(bounds, width, height, LEAST_ZOOM, FIT.maxZoom, inPixels(edge)))
    .filter((view) => !map || !boxes.some((box) => box.right * view.zoom + view.x > map.left && box.bottom * view.zoom + view.y > map.top));
  return views.length ? views.reduce((a, b) => (b.zoom > a.zoom ? b : a)) : getViewportForBounds(bounds, width, height, LEAST_ZOOM, FIT.maxZoom, inPixels(EDGE));
}

function boundsOf(boxes) {
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  return { x, y, width: Math.max(...boxes.map((box) => box.right)) - x, height: Math.max(...boxes.map((box) => box.bottom)) - y };
}

function inPixels(edge) {
  return Object.fromEntries(Object.entries(edge).map(([side, value]) => [side, `${value}px`]));
}
