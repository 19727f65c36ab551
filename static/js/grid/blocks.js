// Which block is asked for next. Who drags the scroll bar across a hundred thousand rows passes hundreds of blocks: only
// those that are on the screen when their turn comes are asked for. The others wait until somebody looks at them.

const AT_ONCE = 3;
const KEPT = 64; // the grid forgets its own blocks sooner, and asks for them anew

export class BlockQueue {
  // `isWanted(startRow, endRow)`: whether rows of the block are on the screen, or nearly.
  constructor(isWanted) {
    this.isWanted = isWanted;
    this.waiting = new Map();
    this.running = 0;
  }

  // `work` answers a promise.
  add({ startRow, endRow }, work) {
    this.waiting.delete(startRow);
    this.waiting.set(startRow, { startRow, endRow, work });
    for (const [place, block] of this.waiting) {
      if (this.waiting.size <= KEPT) break;
      if (!this.isWanted(block.startRow, block.endRow)) this.waiting.delete(place);
    }
    this.next();
  }

  clear() {
    this.waiting.clear();
  }

  // To be called when the rows have moved too.
  next() {
    for (const [place, { startRow, endRow, work }] of [...this.waiting].reverse()) {
      if (this.running >= AT_ONCE) return;
      if (!this.isWanted(startRow, endRow)) continue;
      this.waiting.delete(place);
      this.running += 1;
      work().finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }
}
