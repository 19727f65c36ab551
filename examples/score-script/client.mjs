// Asks the endpoint from Node: KEY is one of its two keys, URL its address.
const answer = await fetch(process.env.URL, {
  method: "POST",
  headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
  body: JSON.stringify({ left: "colour", right: "color" }),
});
if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
console.log(await answer.text());
