// Undo and redo of everything: whole documents, which share what did not change. Changes of one group in a row are one step.

const MOST = 300;
const PAUSE = 1500; // typing again after that is another step

export class History {
  constructor(now) {
    this.now = now;
    this.past = [];
    this.future = [];
    this.group = "";
    this.at = 0;
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  // `words` say what was done: "Connected Split Data". `group` joins changes of one field while somebody types.
  put(next, words, group = "", time = Date.now()) {
    if (next === this.now) return;
    const goesOn = group && group === this.group && time - this.at < PAUSE && this.past.length;
    if (!goesOn) {
      this.past.push({ document: this.now, words });
      if (this.past.length > MOST) this.past.shift();
    }
    Object.assign(this, { now: next, future: [], group, at: time });
  }

  undo() {
    if (!this.past.length) return "";
    const step = this.past.pop();
    this.future.push({ document: this.now, words: step.words });
    Object.assign(this, { now: step.document, group: "" });
    return step.words;
  }

  redo() {
    if (!this.future.length) return "";
    const step = this.future.pop();
    this.past.push({ document: this.now, words: step.words });
    Object.assign(this, { now: step.document, group: "" });
    return step.words;
  }

  // Another document altogether, as after taking somebody else's: the way back to one's own stays.
  jump(next, words) {
    this.put(next, words);
  }
}
