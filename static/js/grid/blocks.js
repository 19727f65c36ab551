// Which block is asked for next: the one that was wanted last. Who drags the scroll bar across a hundred thousand rows
// leaves many behind that nobody waits for any more.

const AT_ONCE = 2;
const WAITING = 6; // those before were passed by; `wasDropped` tells that some rows may have to be asked for again

export class BlockQueue {
  constructor() {
    this.waiting = [];
    this.running = 0;
    this.wasDropped = false;
  }

  get isIdle() {
    return this.running === 0 && this.waiting.length === 0;
  }

  // `work` answers a promise; `drop` is called instead of it when it has waited too long.
  add(work, drop) {
    this.waiting.push({ work, drop });
    while (this.waiting.length > WAITING) {
      this.waiting.shift().drop();
      this.wasDropped = true;
    }
    this.next();
  }

  clear() {
    for (const { drop } of this.waiting.splice(0)) drop();
  }

  next() {
    if (this.running >= AT_ONCE || !this.waiting.length) return;
    const { work } = this.waiting.pop();
    this.running += 1;
    work().finally(() => {
      this.running -= 1;
      this.next();
    });
  }
}
