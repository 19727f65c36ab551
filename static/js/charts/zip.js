// A ZIP archive of small texts or bytes, stored as they are.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});
const UTF8_NAMES = 0x0800;
const FIRST_DAY = 0x21; // 1 January 1980: the same files make the same archive

function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff];
  return (sum ^ 0xffffffff) >>> 0;
}

function numbers(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((size, [, width]) => size + width, 0)));
  let at = 0;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

// `files`: [name, text or Uint8Array] pairs with names of their own.
export function zipped(files) {
  const encoder = new TextEncoder();
  const parts = [];
  const listed = [];
  let offset = 0;
  for (const [name, text] of files) {
    const [title, body] = [encoder.encode(name), typeof text === "string" ? encoder.encode(text) : text];
    const facts = [[UTF8_NAMES, 2], [0, 2], [0, 2], [FIRST_DAY, 2], [checksum(body), 4], [body.length, 4], [body.length, 4], [title.length, 2], [0, 2]];
    const head = numbers([0x04034b50, 4], [20, 2], ...facts);
    listed.push(numbers([0x02014b50, 4], [20, 2], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), title);
    parts.push(head, title, body);
    offset += head.length + title.length + body.length;
  }
  const size = listed.reduce((sum, { length }) => sum + length, 0);
  const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [offset, 4], [0, 2]);
  return new Blob([...parts, ...listed, end], { type: "application/zip" });
}
