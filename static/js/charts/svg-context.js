// As much of a canvas as painter.js draws with, written down as SVG.

let clips = 0; // names of clipped areas differ, also where several pictures stand in one file

export function escaped(text) {
  return String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}

const short = (number) => Math.round(number * 100) / 100;

export class SVGContext {
  constructor(width, height, ground) {
    this.size = [width, height];
    this.parts = [`<rect width="${width}" height="${height}" fill="${ground}"/>`];
    this.open = 0;
    this.path = [];
    this.dashes = [];
    this.globalAlpha = 1;
  }

  save() {}

  restore() {
    if (this.isClipped) this.close();
    this.isClipped = false;
  }

  close() {
    this.parts.push("</g>");
    this.open -= 1;
  }

  translate(x, y) {
    this.parts.push(`<g transform="translate(${x} ${y})">`);
    this.open += 1;
  }

  rect(x, y, width, height) {
    this.box = [x, y, width, height].map(short);
  }

  clip() {
    const [x, y, width, height] = this.box;
    clips += 1;
    this.parts.push(`<clipPath id="plot-${clips}"><rect x="${x}" y="${y}" width="${width}" height="${height}"/></clipPath><g clip-path="url(#plot-${clips})">`);
    this.open += 1;
    this.isClipped = true;
  }

  beginPath() {
    this.path = [];
  }

  moveTo(x, y) {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  lineTo(x, y) {
    this.path.push(`L${short(x)} ${short(y)}`);
  }

  arc(x, y, radius) {
    this.path.push(`M${short(x - radius)} ${short(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`);
  }

  setLineDash(dashes) {
    this.dashes = dashes;
  }

  stroke() {
    if (this.path.length === 0) return;
    const dash = this.dashes.length ? ` stroke-dasharray="${this.dashes.join(" ")}"` : "";
    this.parts.push(`<path d="${this.path.join("")}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-opacity="${this.globalAlpha}"${dash}/>`);
  }

  fill() {
    if (this.path.length) this.parts.push(`<path d="${this.path.join("")}" fill="${this.fillStyle}" fill-opacity="${this.globalAlpha}"/>`);
  }

  line(x1, y1, x2, y2, colour) {
    this.parts.push(`<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" stroke="${colour}"/>`);
  }

  text(text, x, y, { fill, size, font, anchor = "start" }) {
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" fill="${fill}" font-size="${size}" font-family="${escaped(font)}" text-anchor="${anchor}">${escaped(text)}</text>`);
  }

  toString() {
    const [width, height] = this.size;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${this.parts.join("")}${"</g>".repeat(this.open)}</svg>`;
  }
}
