// Draws lines, bands and marks into anything that has a canvas' drawing commands. Coordinates are the frame's own pixels.

export const DASHES = [[], [6, 3], [2, 3]];
const FEW_POINTS = 40;

// The function from values to pixels of one axis. `kind` is linear, log or symlog; `linear` is the width of symlog's middle.
export function mapper({ kind, low, high, linear }, start, length) {
  const bend = BENDS[kind](linear);
  const from = bend(low);
  const scale = length / (bend(high) - from || 1);
  if (kind === "linear") return (value) => start + (value - low) * scale;
  return (value) => start + (bend(value) - from) * scale;
}

const BENDS = {
  linear: () => (value) => value,
  log: () => (value) => Math.log10(value),
  symlog: (linear) => (value) => Math.asinh(value / linear),
};

// `frame`: left, top, width, height, px and py (value → pixel), ratio (device pixels in one of the page's).
export function paint(context, frame, lines, { width = 1.5, isRanged = true } = {}) {
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.width, frame.height);
  context.clip();
  context.lineJoin = "round";
  for (const line of lines) if (line.band || (isRanged && line.low)) shade(context, frame, line);
  for (const line of lines) {
    if (line.smoothed) stroke(context, frame, line, line.ys, { width: 1, alpha: 0.25 });
    stroke(context, frame, line, line.smoothed ?? line.ys, { width, alpha: 1 });
  }
  context.restore();
  context.save(); // uPlot trusts that what it has set stays set: its grid would take the colour of the last mark
  for (const line of lines) if (line.odd) marks(context, frame, line);
  context.restore();
}

function stroke(context, { px, py, ratio }, line, ys, { width, alpha }) {
  const { xs } = line;
  context.globalAlpha = alpha;
  context.strokeStyle = line.colour;
  context.lineWidth = width * ratio;
  context.setLineDash(DASHES[line.dash % DASHES.length].map((length) => length * ratio));
  context.beginPath();
  const lone = [];
  let length = 0;
  for (let index = 0; index < xs.length; index += 1) {
    const y = py(ys[index]);
    if (!Number.isFinite(y)) {
      if (length === 1) lone.push(index - 1);
      length = 0;
      continue;
    }
    if (length === 0) context.moveTo(px(xs[index]), y);
    else context.lineTo(px(xs[index]), y);
    length += 1;
  }
  if (length === 1) lone.push(xs.length - 1);
  context.stroke();
  if (alpha === 1) dots(context, { px, py, ratio }, line, ys, lone);
  context.globalAlpha = 1;
}

// Few points are shown as such, and so are those with a gap on both sides.
function dots(context, { px, py, ratio }, line, ys, lone) {
  const places = line.xs.length <= FEW_POINTS && line.points <= line.xs.length ? line.xs.keys() : lone;
  context.fillStyle = line.colour;
  for (const index of places) {
    const y = py(ys[index]);
    if (!Number.isFinite(y)) continue;
    context.beginPath();
    context.arc(px(line.xs[index]), y, 2.2 * ratio, 0, 7);
    context.fill();
  }
}

function shade(context, { px, py }, { xs, low, high, colour }) {
  context.globalAlpha = 0.16;
  context.fillStyle = colour;
  let from = -1;
  for (let index = 0; index <= xs.length; index += 1) {
    const isIn = index < xs.length && Number.isFinite(py(low[index])) && Number.isFinite(py(high[index]));
    if (isIn && from < 0) from = index;
    if (isIn || from < 0) continue;
    context.beginPath();
    context.moveTo(px(xs[from]), py(high[from]));
    for (let at = from + 1; at < index; at += 1) context.lineTo(px(xs[at]), py(high[at]));
    for (let at = index - 1; at >= from; at -= 1) context.lineTo(px(xs[at]), py(low[at]));
    context.fill();
    from = -1;
  }
  context.globalAlpha = 1;
}

// A cross at the foot where values are not numbers, an arrow at the edge where they are infinite.
function marks(context, frame, { xs, odd, colour }) {
  const { left, top, width, height, px, ratio } = frame;
  const size = 3 * ratio;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.2 * ratio;
  context.setLineDash([]);
  const each = ([places], draw) => {
    for (const place of places) {
      const x = px(xs[place]);
      if (x < left - 1 || x > left + width + 1) continue;
      context.beginPath();
      draw(x);
    }
  };
  const foot = top + height - size - 1;
  each(odd.nan, (x) => {
    context.moveTo(x - size, foot - size);
    context.lineTo(x + size, foot + size);
    context.moveTo(x + size, foot - size);
    context.lineTo(x - size, foot + size);
    context.stroke();
  });
  const arrow = (x, y, way) => {
    context.moveTo(x - size, y + way * size);
    context.lineTo(x, y - way * size);
    context.lineTo(x + size, y + way * size);
    context.fill();
  };
  each(odd.above, (x) => arrow(x, top + size + 1, 1));
  each(odd.below, (x) => arrow(x, top + height - size - 1, -1));
}
