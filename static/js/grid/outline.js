// Who the rows are, before their cells are here: name, state and start of thousands of rows at a time.
// In a drag of the scroll bar or under a held page key, rows pass faster than cells could come. So from the moment somebody
// turns to the table its rows are made known: those on the screen first, then what lies ahead, then all others.

const BLOCK = 2000;
const MOST = 100; // blocks that are kept: 200,000 rows; of larger tables those around the screen
const AT_ONCE = 2;
const AHEAD = 4; // so much further the other way

export class Outline {
  // `load(start, end)` answers a promise of rows as `grid/outline` sends them; `arrived(start, end)` hears of them.
  constructor(load, arrived) {
    this.load = load;
    this.arrived = arrived;
    this.first = 0;
    this.last = 0;
    this.isUpwards = false;
    this.forget();
  }

  // The rows are others now: what is still under way belongs to those before.
  forget() {
    this.blocks = new Map();
    this.loading = new Set();
  }

  // The row as a loaded one would be, as far as it is known.
  at(index) {
    const row = this.blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
    return row && unpacked(row);
  }

  // To be called whenever other rows are on the screen.
  follow(first, last, count) {
    if (first !== this.first) this.isUpwards = first < this.first;
    Object.assign(this, { first, last, count });
    this.next();
  }

  next() {
    while (this.loading.size < AT_ONCE) {
      const number = this.missing();
      if (number === undefined) return;
      this.fetch(number, this.blocks, this.loading);
    }
  }

  // What came is put where it was asked for: after `forget` that is nowhere.
  async fetch(number, blocks, loading) {
    loading.add(number);
    let rows = null;
    try {
      rows = await this.load(number * BLOCK, (number + 1) * BLOCK);
    } catch {
      return; // the rows on the screen are asked for too: that request says what is wrong
    } finally {
      loading.delete(number);
    }
    blocks.set(number, rows);
    if (blocks !== this.blocks) return;
    this.arrived(number * BLOCK, number * BLOCK + rows.length);
    this.next();
  }

  missing() {
    const [top, bottom] = [Math.floor(this.first / BLOCK), Math.floor(this.last / BLOCK)];
    const [ahead, behind, step] = this.isUpwards ? [top, bottom, -1] : [bottom, top, 1];
    const count = Math.ceil(this.count / BLOCK);
    for (let away = 0; away < count * AHEAD; away += 1) {
      for (const number of [ahead + step * away, behind - step * Math.floor(away / AHEAD)]) {
        if (number < 0 || number >= count || this.blocks.has(number) || this.loading.has(number)) continue;
        return this.makesRoom(number, ahead) ? number : undefined;
      }
    }
    return undefined;
  }

  makesRoom(number, here) {
    if (this.blocks.size < MOST) return true;
    const farthest = [...this.blocks.keys()].reduce((one, other) => (Math.abs(other - here) > Math.abs(one - here) ? other : one));
    return Math.abs(farthest - here) > Math.abs(number - here) + 1 && this.blocks.delete(farthest);
  }
}

function unpacked([kind, id, name, state, slot, started, depth = 0, children = 0, open = false, context = false]) {
  const place = { id, depth, children, open, context };
  if (kind === "group") return { kind, path: JSON.parse(id), ...place };
  if (name === null) return { kind: "gone", ...place };
  return { kind, name, state, slot, values: { "attribute:state": state, "attribute:started": started }, ...place };
}
