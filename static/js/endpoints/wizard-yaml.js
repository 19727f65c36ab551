// Plain values as YAML, in the order they are given: mappings, texts, numbers. Enough for a deployment file.

const PLAIN = /^[A-Za-z_./][\w./@-]*$/;
const WORDS = /^(true|false|null|yes|no|on|off|~)$/i;

export function yamlOf(value) {
  return `${linesOf(value, 0).join("\n")}\n`;
}

function linesOf(value, depth) {
  const pad = "  ".repeat(depth);
  return Object.entries(value).flatMap(([name, one]) => {
    if (one !== null && typeof one === "object") return [`${pad}${scalar(name)}:`, ...linesOf(one, depth + 1)];
    return [`${pad}${scalar(name)}: ${scalar(one)}`];
  });
}

function scalar(value) {
  if (typeof value !== "string") return String(value);
  return (PLAIN.test(value) && !WORDS.test(value)) || /^azureml:[\w.-]+:\d+$/.test(value) ? value : JSON.stringify(value);
}
