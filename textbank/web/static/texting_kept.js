// What a texter's device keeps, so that first texts go on without a network: the names and texts of the batch, and
// what was pressed and is not sent. localStorage, because it is written before the next thing happens: a press
// outlives a tab that is closed at the same moment. On a shared computer all of it is in memory alone.
const PREFIX = "textbank-texts-";
const DAY_MS = 24 * 60 * 60 * 1000;
const isShared = "shared" in document.body.dataset;
const memory = new Map();
/** Ages in this page's life come from a clock that nobody sets. */
const LIFE = `${Date.now()}.${Math.random()}`;

function read(key) {
  try {
    return JSON.parse((isShared ? memory.get(key) : localStorage.getItem(key)) ?? "null");
  } catch {
    return null;
  }
}

function write(key, value) {
  const kept = JSON.stringify(value);
  if ("leaving" in document.documentElement.dataset) return; // signing out took everything (leave.js)
  if (isShared) memory.set(key, kept);
  try {
    if (!isShared) localStorage.setItem(key, kept);
  } catch {
    // A browser that keeps nothing still sends what is in memory.
  }
}

function drop(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing is kept then.
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter((each) => each.startsWith(PREFIX));
  } catch {
    return [];
  }
}

/** The member and campaign of whom something is kept, for a page that opened without a network. */
export function whoseIsKept(campaign) {
  const found = keys().find((each) => each.endsWith(`-${campaign}`));
  return found ? found.slice(PREFIX.length).split("-")[0] : null;
}

/** What another member left on this device is not ours to see or send. */
export function forgetOthers(member) {
  for (const key of keys()) if (!key.startsWith(`${PREFIX}${member}-`)) drop(key);
}

export class Kept {
  constructor(member, campaign) {
    this.key = `${PREFIX}${member}-${campaign}`;
    this.load();
  }

  load() {
    const found = read(this.key) ?? {};
    this.name = found.name ?? "";
    this.batch = found.batch ?? [];
    this.queue = (found.queue ?? []).map((each) => ({ ...each, flying: false, unknown: true }));
    this.age();
  }

  save() {
    if (!this.batch.length && !this.queue.length) return drop(this.key);
    const queue = this.queue.map(({ flying, ...each }) => each);
    return write(this.key, { at: Date.now(), name: this.name, batch: this.batch, queue });
  }

  /** Nothing about anybody stays for longer than a day, nor on a device whose clock went back by one. */
  age() {
    const now = Date.now();
    const fresh = (at) => Math.abs(now - at) < DAY_MS;
    const before = this.batch.length + this.queue.length;
    this.batch = this.batch.filter((each) => fresh(each.got));
    this.queue = this.queue.filter((each) => fresh(each.tapped));
    if (this.batch.length + this.queue.length < before) this.save();
    return before > 0 && !this.batch.length && !this.queue.length;
  }

  /** The batch as the server told it, but for whom a press is waiting or settled. */
  take(texts, pressed) {
    const got = Date.now();
    const waiting = new Set(this.queue.map(nameOf));
    this.batch = texts
      .filter((each) => !waiting.has(nameOf(each)) && !pressed.has(nameOf(each)))
      .map((each) => ({ ...each, got, until: got + each.open_for * 1000 }));
    this.save();
  }

  forgetBatch() {
    this.batch = [];
    this.save();
  }
}

/** Which press it is: a person's next one, after an undo, is another. */
export function nameOf(text) {
  return `${text.recipient_id}.${text.undone}`;
}

/** A text of the batch becomes one to be sent. */
export function pressed({ blocks, ...text }) {
  return { ...text, tapped: Date.now(), ran: performance.now(), life: LIFE };
}

/** Seconds since the tap. A clock that was set back says less than nothing, which the server refuses. */
export function waitedOf(text) {
  const byClock = Date.now() - text.tapped;
  if (byClock < -2000) return -1;
  return Math.max(0, byClock, text.life === LIFE ? performance.now() - text.ran : 0) / 1000;
}

export { isShared };
