// Asks the endpoint from Node: KEY is one of its two keys, URL its address.
import { readFile } from "node:fs/promises";

const answer = await fetch(process.env.URL, {
  method: "POST",
  headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
  body: await readFile(new URL("sample.json", import.meta.url)),
});
if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
console.log(await answer.text());
