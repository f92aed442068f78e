// First texts, one press each. A press never waits for the network: the text goes into a queue on this device
// (texting_queue.js), which outlives a closed tab, and the next person comes up at once.
import { areOff, isTyping } from "./keys.js";
import { Kept, isShared, nameOf, pressed } from "./texting_kept.js";
import { Queue, ask } from "./texting_queue.js";
import { Supply } from "./texting_supply.js";
import { Touch } from "./texting_touch.js";
import { UNSENT, View, find, root } from "./texting_view.js";

const READ_MS = 1000;
const UNDO_MS = 5000;
const STALE_MS = 60000;
const MINUTE_MS = 60000;

export class Screen extends Supply {
  constructor(member, campaign) {
    super();
    Object.assign(this, { member, campaign, address: `/texting/${campaign}` });
    Object.assign(this, { done: 0, taps: [], settled: new Set(), last: null, isStopping: false, askedAt: Date.now() });
    this.size = Number(root.dataset.size ?? 0);
    this.form = find("press");
    this.isShell = "shell" in root.dataset;
    this.touch = new Touch();
    this.view = new View();
    this.open();
    this.listen();
    if (this.isShell) this.sync();
    else this.worker();
    this.show();
    const note = document.querySelector("[data-unsent]:not([hidden])");
    // Whoever pressed on while the words changed has a moment to see the new ones.
    this.touch.shown(note ? READ_MS : -READ_MS);
    (note ?? find("send")).focus({ preventScroll: true });
    this.queue.pump();
  }

  /** What is kept, and what the page brought with it. */
  open() {
    this.kept = new Kept(this.member, this.campaign);
    const queue = new Queue(this.kept, this.address, {
      changed: () => this.changed(),
      settled: (text, said) => said.sent && this.settled.add(nameOf(text)),
      signedOut: () => this.signedOut(),
      halted: (flying) => this.halt(flying),
      needsToken: () => this.sync(),
    });
    Object.assign(queue, { sent: this.queue?.sent ?? 0, failed: this.queue?.failed ?? [] });
    this.queue = queue;
    if (this.isShell || this.isOpened) return;
    this.isOpened = true;
    this.kept.name = root.dataset.title;
    this.kept.take(JSON.parse(find("batch").textContent), this.settled);
  }

  /** Another tab was in charge meanwhile. */
  resume() {
    this.isResting = false;
    root.inert = false;
    this.open();
    this.show();
    this.sync();
  }

  rest() {
    this.isResting = true;
    this.queue.stopped = true;
    root.inert = true;
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.touch.isFresh()) this.press();
    });
    this.touch.swipes(find("swipe"), () => this.touch.isFresh(true) && this.press());
    find("skip").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.touch.isFresh()) this.skip();
    });
    find("undo").addEventListener("click", () => this.undo());
    document.addEventListener("keydown", (event) => this.key(event));
    for (const each of document.querySelectorAll("[data-stop]")) {
      each.addEventListener("submit", (event) => {
        event.preventDefault();
        this.stop();
      });
    }
    find("next").addEventListener("submit", (event) => {
      event.preventDefault();
      this.more();
    });
    find("again")?.addEventListener("click", () => this.sync());
    window.addEventListener("online", () => this.sync());
    window.addEventListener("offline", () => this.tell());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - this.askedAt > STALE_MS) this.sync();
    });
    window.addEventListener("beforeunload", (event) => {
      if (isShared && this.queue.waiting) event.preventDefault();
    });
    setInterval(() => this.kept.age() && location.reload(), STALE_MS);
  }

  // A key that is held repeats itself; only a press of its own counts.
  key(event) {
    const isSend = event.key === "Enter" || event.key === " ";
    if (isSend && event.repeat) return event.preventDefault();
    if (root.hidden || areOff() || isTyping(event)) return undefined;
    if (event.key.toLowerCase() === "u") return this.undo();
    if (!isSend || event.target !== document.body) return undefined;
    event.preventDefault();
    return find("send").click();
  }

  press() {
    const text = this.next();
    if (!text || this.queue.stopped) return;
    this.kept.batch = this.kept.batch.filter((each) => each !== text);
    this.last = text;
    this.done += 1;
    this.taps = [...this.taps, performance.now()].filter((at) => at > performance.now() - MINUTE_MS);
    this.queue.push(pressed(text));
    this.offerUndo(true);
    this.show();
    this.prefetch();
  }

  /** Whoever comes next and may still be texted where they live. */
  next() {
    const now = Date.now();
    while (this.kept.batch.length && this.kept.batch[0].until <= now) this.kept.batch.shift();
    return this.kept.batch[0];
  }

  offerUndo(isOpen) {
    clearTimeout(this.undoTimer);
    if (!isOpen && document.activeElement === find("undo")) find("send").focus({ preventScroll: true });
    find("undo").disabled = !isOpen;
    if (isOpen) this.undoTimer = setTimeout(() => this.offerUndo(false), UNDO_MS);
  }

  async undo() {
    const text = this.last;
    if (find("undo").disabled || !text) return;
    this.last = null;
    find("send").focus({ preventScroll: true });
    this.offerUndo(false);
    this.view.note(root.dataset.taking);
    const { text: again, words } = await this.queue.undo(text);
    if (again) {
      this.done = Math.max(0, this.done - 1);
      const got = Date.now();
      this.kept.batch.unshift({ ...again, blocks: again.blocks ?? text.blocks, got, until: text.until });
      this.kept.save();
      this.show();
    }
    this.view.note(words === null ? root.dataset.offline : (words ?? ""));
    this.tell();
  }

  skip() {
    const text = this.next();
    if (!text) return;
    ask(`${this.address}/skip`, { recipient_id: text.recipient_id }).catch(() => {});
    this.settled.add(nameOf(text));
    this.kept.batch.shift();
    this.kept.save();
    this.show();
    find("send").focus({ preventScroll: true });
    this.prefetch();
  }

  show() {
    const text = this.next();
    if (!text) return this.finish();
    const isNew = this.view.put(text, this.isShell ? this.kept.name : "");
    if (isNew) this.touch.shown();
    this.view.progress(this.done, this.kept.batch.length, this.taps, isNew);
    return this.tell();
  }

  finish() {
    this.view.finish(this.isShell && !this.hasWorked());
    this.tell();
    this.offerPush();
    if (this.hasWorked()) this.prefetch();
  }

  // Not before the first batch: then one knows what it would be for.
  offerPush() {
    if (this.isOffered || this.isShell || !this.queue.sent || !find("push")) return;
    this.isOffered = true;
    import("./push.js").then(({ offer }) => offer(find("push"))).catch(() => {});
  }

  hasWorked() {
    return this.done + this.queue.waiting + this.queue.sent + this.queue.failed.length > 0;
  }

  tell() {
    this.view.tell(this.queue);
  }

  /** The button at the end: more people, or the server's page with why there are none. */
  async more() {
    this.isStopping = false;
    const isThere = await this.fetchMore();
    if (!isThere) this.view.note(root.dataset.offline);
    else if (!this.kept.batch.length) find("next").submit();
  }

  changed() {
    this.tell();
    if (!find("done").hidden) this.offerPush();
    if (!this.next() && !this.queue.waiting) this.prefetch();
  }

  // What was pressed is kept for whoever signs in again within the day; names that were not pressed for are not.
  signedOut() {
    this.queue.stopped = true;
    this.kept.forgetBatch();
    this.finish();
    this.view.note(root.dataset.signedOut);
  }

  // The campaign is paused or over, or has other words: one message, and the page as the server has it now.
  // What was certainly not sent is shown there again; of what got no answer only a repeated press can tell.
  halt(flying) {
    if (!this.queue.why) return;
    root.inert = true;
    find("done").inert = true;
    if (flying) return;
    const unsent = this.kept.queue.filter((each) => !each.unknown).length;
    this.kept.queue = this.kept.queue.filter((each) => each.unknown);
    this.kept.forgetBatch();
    try {
      sessionStorage.setItem(UNSENT, JSON.stringify({ campaign: this.campaign, why: this.queue.why, unsent }));
    } catch {
      // Without it the page still says what holds now.
    }
    location.replace(`${location.origin}${this.address}`);
  }

  /** The rest goes to others; what was pressed is sent first. */
  async stop() {
    this.isStopping = true;
    this.kept.forgetBatch();
    this.finish();
    try {
      await ask(`${this.address}/batch`); // is there a network?
      for (let tries = 0; this.queue.waiting && tries < 50; tries += 1) await new Promise((go) => setTimeout(go, 100));
      const form = document.querySelector("[data-stop]");
      form.action = `${this.address}/stop`;
      form.submit();
    } catch {
      this.view.note(root.dataset.stopped);
    }
  }

  worker() {
    if (isShared) {
      // One from before would open a page that does not know whose computer this is.
      navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((each) => each.unregister()));
      return;
    }
    const address = `/texting/worker.js?l=${document.documentElement.lang}`;
    const register = () => navigator.serviceWorker?.register(address, { scope: "/texting" }).catch(() => {});
    if (document.readyState === "complete") register();
    else window.addEventListener("load", register);
  }
}
