// What a first-text screen has from the server: the batch, more people before its last one, and what holds now.
import { forgetOthers } from "./texting_kept.js";
import { ask } from "./texting_queue.js";
import { find } from "./texting_view.js";

const FEW_LEFT = 5;

/** What the screen adds: `open()`, `show()` and `signedOut()`. */
export class Supply {
  /** More people before the last one, so that nobody waits for the network. */
  async prefetch() {
    const few = Math.min(FEW_LEFT, Math.floor(this.size / 4));
    if (this.isStopping || this.isFetching || this.kept.batch.length > few || this.queue.stopped) return;
    await this.fetchMore();
  }

  /** Answers whether the network was there. */
  async fetchMore() {
    this.isFetching = true;
    const [before, waited] = [this.kept.batch.length, this.queue.waiting];
    let isThere = true;
    try {
      this.learn(await ask(`${this.address}/batch`, {}));
      // Where nobody waits with the server any more, nobody is left for now.
      if (this.kept.batch.length <= before && !waited) this.isStopping = true;
    } catch {
      isThere = false;
    }
    this.isFetching = false;
    return isThere;
  }

  /** Ask what holds now: a page that lay in a pocket may show people whom others have. */
  sync() {
    this.syncing ??= this.ask().finally(() => {
      this.syncing = null;
    });
    return this.syncing;
  }

  async ask() {
    clearTimeout(this.syncTimer);
    try {
      this.learn(await ask(`${this.address}/batch`));
      this.queue.again();
    } catch {
      this.syncTimer = setTimeout(() => this.sync(), 15000);
    }
  }

  learn({ status, said }) {
    this.askedAt = Date.now();
    if (status === 401) return this.signedOut();
    if (status !== 200) return undefined;
    if (this.member && `${said.member}` !== `${this.member}`) forgetOthers(said.member);
    if (`${said.member}` !== `${this.member}`) {
      this.member = said.member;
      this.open();
    }
    this.token(said.token);
    this.kept.name = said.campaign;
    this.size = said.size;
    this.kept.take(said.texts, this.settled);
    if (said.state !== "running" && !this.queue.waiting) return location.reload();
    if (this.isShell && !this.kept.batch.length && !this.hasWorked()) return location.reload();
    return this.isResting ? undefined : this.show();
  }

  token(given) {
    let meta = document.querySelector("meta[name='csrf-token']");
    if (!meta) {
      meta = document.createElement("meta");
      meta.name = "csrf-token";
      document.head.append(meta);
    }
    meta.content = given;
    for (const form of [find("press"), find("skip"), find("next"), ...document.querySelectorAll("[data-stop]")]) {
      const field = form.elements.csrf_token ?? form.appendChild(document.createElement("input"));
      Object.assign(field, { type: "hidden", name: "csrf_token", value: given });
    }
    find("next").action = `${this.address}/batch`;
  }
}
