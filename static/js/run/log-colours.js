// A log line's colours: escape sequences become classes, text stays text. Nothing of a log is ever markup.

import { AnsiUp } from "../../vendor/ansi_up/ansi_up.js";

class Fragments extends AnsiUp {
  constructor() {
    super();
    this.found = [];
  }

  transform_to_html(fragment) {
    if (fragment.text) this.found.push(fragment);
    return "";
  }

  // An address in the text may be of any kind: it is shown, not linked.
  process_hyperlink(packet) {
    if (packet.text) this.found.push({ text: packet.text, fg: null, bg: null });
    return "";
  }
}

const ESCAPE = "\u001b";
export const LONGEST = 20000;

export function fragmentsOf(line) {
  const text = shownText(line);
  if (!text.includes(ESCAPE)) return [{ text, fg: null, bg: null }];
  const reader = new Fragments();
  reader.ansi_to_html(text);
  return reader.found;
}

// What a terminal would have left of the line: a carriage return starts it anew.
function shownText(line) {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1, text.length).slice(0, LONGEST);
}

export function classesOf({ bold, faint, italic, underline, fg, bg }) {
  const classes = [];
  if (bold) classes.push("ansi-bold");
  if (faint) classes.push("ansi-faint");
  if (italic) classes.push("ansi-italic");
  if (underline) classes.push("ansi-underline");
  if (fg) classes.push(`${named(fg)}-fg`);
  if (bg) classes.push(`${named(bg)}-bg`);
  return classes;
}

// One of the sixteen colours of our own, which can be read in both themes, for any of the sixteen million.
function named({ class_name: name, rgb }) {
  if (name !== "truecolor") return name;
  const [red, green, blue] = rgb;
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (high - low < 40) return high > 170 ? "ansi-bright-white" : "ansi-bright-black";
  const sector = { [red]: (green - blue) / (high - low), [green]: 2 + (blue - red) / (high - low), [blue]: 4 + (red - green) / (high - low) };
  const hues = ["ansi-red", "ansi-yellow", "ansi-green", "ansi-cyan", "ansi-blue", "ansi-magenta"];
  return hues[(Math.round(sector[high]) + 6) % 6];
}

// The line as nodes; what `needle` matches is marked.
export function nodesOf(line, needle) {
  return fragmentsOf(line).flatMap((fragment) => {
    const parts = marked(fragment.text, needle);
    const classes = classesOf(fragment);
    if (classes.length === 0) return parts;
    const span = document.createElement("span");
    span.className = classes.join(" ");
    span.append(...parts);
    return [span];
  });
}

function marked(text, needle) {
  if (!needle) return [text];
  const parts = [];
  const low = text.toLowerCase();
  const wanted = needle.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + needle.length);
    parts.push(text.slice(from, at), mark);
    from = at + needle.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

export function plainText(line) {
  return fragmentsOf(line).map(({ text }) => text).join("");
}
