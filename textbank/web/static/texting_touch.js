// What counts as a press: a fresh one, by thumb, key or a swipe to the left, and never in the moment in which a new
// person has just come up.
const SETTLE_MS = 300;
const SWIPE_PX = 80;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

export class Touch {
  constructor() {
    Object.assign(this, { shownAt: 0, downAt: 0, keyAt: null, isPointer: false });
    const on = (name, hear) => document.addEventListener(name, hear, true);
    on("pointerdown", () => {
      this.downAt = performance.now();
    });
    on("keydown", (event) => {
      if (!event.repeat && (event.key === "Enter" || event.key === " ")) this.keyAt = performance.now();
    });
    on("click", (event) => {
      this.isPointer = event.detail > 0;
    });
  }

  /** Somebody new is on the screen, and takes no press before a thumb has had time to leave. */
  shown(later = 0) {
    this.shownAt = performance.now() + later;
  }

  /** Whether the press that ends now began late enough, by a thumb that was up in between. */
  isFresh(isPointer = this.isPointer) {
    // What comes without finger or key is a screen reader's.
    const began = isPointer ? this.downAt : (this.keyAt ?? performance.now());
    this.isPointer = false;
    this.keyAt = null;
    return began - this.shownAt >= SETTLE_MS;
  }

  /** A swipe to the left on `place` sends; up and down scrolls as ever. */
  swipes(place, send) {
    let from = null;
    const follow = (x) => {
      place.style.setProperty("--swiped", isStill.matches ? "0px" : `${Math.min(0, x)}px`);
    };
    place.addEventListener("pointerdown", (event) => {
      if (event.isPrimary && event.pointerType !== "mouse") from = { x: event.clientX, y: event.clientY };
    });
    place.addEventListener("pointermove", (event) => {
      if (from && event.isPrimary) follow(event.clientX - from.x);
    });
    const end = (event) => {
      if (!from || !event.isPrimary) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      from = null;
      follow(0);
      if (event.type === "pointerup" && x < -SWIPE_PX && Math.abs(y) < -x / 2) send();
    };
    place.addEventListener("pointerup", end);
    place.addEventListener("pointercancel", end);
  }
}
