// Sends what was pressed: one text per request, two at a time, again and again until the server has said what
// became of each. The server counts a person once, however often the same text arrives.
import { nameOf, waitedOf } from "./texting_kept.js";

const AT_ONCE = 2;
const LONGEST_WAIT_MS = 15000;
const LONGEST_REQUEST_MS = 20000;

/** Ask the server, with this page's token; one who never answers counts as no network. */
export async function ask(address, fields) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST_REQUEST_MS);
  const headers = { Accept: "application/json" };
  const token = document.querySelector("meta[name='csrf-token']")?.content;
  if (fields && token) headers["X-CSRF-Token"] = token;
  try {
    const answer = await fetch(address, {
      method: fields ? "POST" : "GET",
      body: fields && new URLSearchParams(fields),
      cache: "no-store",
      redirect: "error",
      headers,
      signal: stop.signal,
    });
    if (answer.status >= 500 || answer.status === 429) throw new Error(`${answer.status}`);
    return { status: answer.status, said: answer.status === 401 ? {} : await answer.json() };
  } finally {
    clearTimeout(timer);
  }
}

export class Queue {
  /** `on` is told: changed(), settled(text, said), signedOut(), halted(words), needsToken(). */
  constructor(kept, address, on) {
    Object.assign(this, { kept, address, on, flying: 0, wait: 0, timer: null, stopped: false, sent: 0 });
    this.failed = [];
  }

  get waiting() {
    return this.kept.queue.length;
  }

  /** Whether the last request came to nothing. */
  get isAway() {
    return this.wait > 0 || !navigator.onLine;
  }

  push(text) {
    this.kept.queue.push({ ...text, unknown: false });
    this.kept.save();
    this.pump();
  }

  again() {
    this.wait = 0;
    this.pump();
  }

  async pump() {
    clearTimeout(this.timer);
    if (this.stopped || this.flying >= AT_ONCE) return;
    if (!document.querySelector("meta[name='csrf-token']")?.content) return this.on.needsToken();
    const next = this.kept.queue.find((each) => !each.flying && !each.undoing);
    if (!next) return;
    next.flying = true;
    this.flying += 1;
    this.pump();
    try {
      await this.send(next);
      this.wait = 0;
    } catch {
      next.unknown = true;
      this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2 || 1000);
    }
    next.flying = false;
    this.flying -= 1;
    this.kept.save();
    this.on.changed();
    if (this.stopped) this.on.halted(this.flying);
    else if (this.waiting) this.timer = setTimeout(() => this.pump(), this.wait);
  }

  async send(text) {
    const fields = { waited: waitedOf(text) };
    for (const name of ["recipient_id", "script_id", "seal", "body", "undone"]) fields[name] = text[name];
    const { status, said } = await ask(`${this.address}/send`, fields);
    text.unknown = false;
    if (status === 401) return this.on.signedOut();
    if (status === 403 && !text.renewed) {
      text.renewed = true;
      return await this.on.needsToken();
    }
    if (said.stops && !text.isTakenBack) {
      this.stopped = true;
      this.why = said.words;
      return undefined;
    }
    if (text.isTakenBack) return undefined;
    this.remove(text);
    if (said.sent) this.sent += 1;
    else if (said.verdict !== "taken_back") this.failed.push({ name: text.name, words: said.words || said.error || "" });
    return this.on.settled(text, said);
  }

  remove(text) {
    this.kept.queue = this.kept.queue.filter((each) => nameOf(each) !== nameOf(text));
    this.kept.save();
  }

  /** Take the press for this text back. Resolves with the text to show again, or with why it is too late. */
  async undo(text) {
    const here = this.kept.queue.find((each) => nameOf(each) === nameOf(text));
    if (here && !here.flying && !here.unknown) {
      this.remove(text);
      return { text };
    }
    if (here) here.undoing = true;
    try {
      const { status, said } = await ask(`${this.address}/undo`, { recipient_id: text.recipient_id });
      if (status !== 200 || !said.undone) return { words: said.words || said.error };
      if (this.kept.queue.some((each) => nameOf(each) === nameOf(text))) {
        here.isTakenBack = true;
        this.remove(text);
      } else this.sent = Math.max(0, this.sent - 1);
      return { text: said.text, words: said.text ? "" : said.words };
    } catch {
      return { words: null };
    } finally {
      if (here) here.undoing = false;
      this.pump();
    }
  }
}
