// The files of a drop or a choice, folders walked through: [{ path, file }] with paths below what was dropped.

export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(transfer.files);
  const found = await Promise.all(entries.map((entry) => walk(entry, "")));
  return found.flat();
}

export function chosenFiles(files) {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(entry, above) {
  const path = above + entry.name;
  if (entry.isFile) return [{ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) }];
  const found = [];
  const reader = entry.createReader();
  // A reader gives some entries at a time, and none at the end.
  for (let some = await read(reader); some.length; some = await read(reader)) {
    for (const child of some) found.push(...(await walk(child, `${path}/`)));
  }
  return found;
}

const read = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
