// Charts as files: PNG, SVG and CSV of one or of all. A card has `fileTitle`, `ready()`, `picture()` → {svg, width, height, canvas?} or
// null, and `sheet()` → {head, rows} or null.

import { placed, sheetOf } from "./pictures.js";
import { zipped } from "./zip.js";

const MOST_PIXELS = 16_000; // of a canvas' side: browsers draw nothing beyond

export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function fileName(cards, ending) {
  return `${cards.length === 1 ? plain(cards[0].fileTitle) : "charts"}.${ending}`;
}

function plain(title) {
  return title.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80) || "chart";
}

// Saves the cards as "png", "svg" or "csv"; those that have nothing of the kind are left out. Raises when nothing is left.
export async function save(kind, cards, tokens) {
  await Promise.all(cards.map((card) => card.ready()));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))); // what was drawn just now is on its canvas
  if (kind === "csv") return saveCSV(cards);
  const pictures = [];
  for (const card of cards) {
    const picture = await card.picture();
    if (picture) pictures.push({ ...picture, title: card.fileTitle });
  }
  if (pictures.length === 0) throw new Error("There is no picture to save yet.");
  if (kind === "svg") return download(fileName(cards, "svg"), new Blob([sheetOf(pictures, tokens)], { type: "image/svg+xml" }));
  return download(fileName(cards, "png"), await pngOf(pictures, tokens));
}

async function pngOf(pictures, tokens) {
  const { places, width, height } = placed(pictures);
  const ratio = Math.min(Math.max(2, window.devicePixelRatio), MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.ceil(width * ratio), Math.ceil(height * ratio)];
  const context = canvas.getContext("2d");
  context.fillStyle = tokens.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(ratio, ratio);
  for (const [at, picture] of pictures.entries()) {
    const [left, top] = places[at];
    context.fillStyle = tokens.text;
    context.font = `500 13px ${tokens.font}`;
    context.fillText(picture.title, left, top - 10, picture.width);
    context.drawImage(picture.canvas ?? (await imageOf(picture)), left, top, picture.width, picture.height);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

async function imageOf({ svg }) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  return image;
}

// One file where all have the same columns, else an archive with a file for each kind of them.
function saveCSV(cards) {
  const sheets = new Map();
  for (const card of cards) {
    const sheet = card.sheet();
    if (!sheet) continue;
    const name = sheet.shared ? `${sheet.shared}.csv` : unused(sheets, plain(card.fileTitle));
    if (sheets.has(name)) sheets.get(name).push(sheet);
    else sheets.set(name, [sheet]);
  }
  const files = [...sheets].map(([name, own]) => [name, textOf(own[0].head, own.flatMap(({ rows }) => rows))]);
  if (files.length === 0) throw new Error("There are no values to save yet.");
  if (files.length > 1) return download(fileName(cards, "zip"), zipped(files));
  return download(fileName(cards, "csv"), new Blob([files[0][1]], { type: "text/csv;charset=utf-8" }));
}

function unused(taken, title) {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${title}.csv` : `${title}-${number}.csv`;
    if (!taken.has(name)) return name;
  }
}

function textOf(head, rows) {
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

// No spreadsheet takes a text for a formula.
function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const inert = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

// Saves and says what went wrong, if anything did.
export async function saveAndTell(kind, cards, tokens) {
  try {
    await save(kind, cards, tokens);
  } catch (error) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { level: "error", text: error.message } }));
  }
}
