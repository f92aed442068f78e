// What comes in while one reads: rows that are shown keep their places and change their marks, new ones are counted
// until they are asked for, and the open thread grows at its end. One request for a hint that is about this member.
const HEADERS = { "X-Fragment": "1", "HX-Request": "true", Accept: "text/html" };
const EVERY_MS = 20_000;
const PAUSE_MS = 300;

export function watch(screen, openId, again) {
  const queue = screen.querySelector("[data-queue]");
  const pane = screen.querySelector("[data-pane]");
  const newer = screen.querySelector("[data-newer]");
  const told = document.querySelector("[data-told]");
  const rows = () => new Map([...queue.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
  let tag = "";
  let timer = null;
  let askedAt = 0;
  let asking = false;
  let missed = false;

  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  };

  async function look() {
    if (document.hidden) return later(EVERY_MS);
    if (asking) {
      missed = true;
      return undefined;
    }
    asking = true;
    missed = false;
    askedAt = Date.now();
    const of = openId();
    try {
      const address = `${screen.dataset.replies}/changes?of=${of}&tag=${tag}`;
      const answer = await fetch(address, { headers: HEADERS });
      if (answer.ok && answer.status !== 204 && of === openId()) {
        tag = answer.headers.get("X-Tag") ?? "";
        merge(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
      // It is somebody else's by now: what is typed stays, and sending says so.
    } catch {
      // The next look is soon enough.
    } finally {
      asking = false;
      // What was told meanwhile may not be in this answer.
      later(missed ? PAUSE_MS : EVERY_MS);
    }
    return undefined;
  }

  function merge(fresh) {
    const known = rows();
    const waiting = [...fresh.querySelectorAll("[data-fresh-rows] > li")];
    let unknown = 0;
    for (const row of waiting) {
      const shown = known.get(row.dataset.row);
      if (!shown) unknown += 1;
      else if (shown.dataset.latest !== row.dataset.latest || !shown.closest("[data-waiting]")) renew(shown, row);
    }
    const waits = new Set(waiting.map((row) => row.dataset.row));
    for (const row of queue.querySelectorAll("[data-waiting] > [data-row]")) {
      row.classList.toggle("answered", !waits.has(row.dataset.row));
    }
    if (unknown && !queue.querySelector("[data-waiting]")) all();
    else count(unknown);
    share(fresh);
    thread(fresh.querySelector("[data-fresh-thread]"));
  }

  // Who waits for anybody stands at the end of the list, so that it comes and goes without moving a row.
  function share(fresh) {
    const box = queue.querySelector("[data-free]");
    const now = fresh.querySelector("[data-free]");
    const had = Number(box?.dataset.free ?? 0);
    const has = Number(now.dataset.free);
    if (!box || (!had !== !has && !queue.querySelector("[data-waiting]"))) {
      if (has || box) all();
    } else if (had && has) {
      box.querySelector("[data-free-words]").textContent = now.querySelector("[data-free-words]").textContent;
    } else if (had !== has) box.replaceChildren(...now.childNodes);
    if (box) box.dataset.free = has;
    const answered = new Set([...fresh.querySelectorAll("[data-fresh-answers] > li")].map((row) => row.dataset.row));
    for (const [id, row] of rows()) {
      if (answered.has(id) && !row.hasAttribute("data-captain")) told.textContent = told.dataset.saidCaptain;
      row.toggleAttribute("data-captain", answered.has(id));
    }
    moved(fresh.querySelector("[data-moved]"));
  }

  // Somebody else answers by now: what is typed stays where it is, and cannot be sent.
  function moved(words) {
    const box = pane.querySelector("[data-thread]");
    if (!words || !box || box.querySelector("[data-moved]")) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    box.append(words);
    if (atEnd) box.scrollTop = box.scrollHeight;
    const line = pane.querySelector(".pane-here");
    line.removeAttribute("data-here");
    line.textContent = words.dataset.short;
    for (const button of pane.querySelectorAll("form[method=post] button:not([type=button])")) button.disabled = true;
  }

  // The link itself stays, so that a press that has begun ends where it began.
  function renew(shown, row) {
    shown.dataset.latest = row.dataset.latest;
    shown.querySelector("a").replaceChildren(...row.querySelector("a").childNodes);
    if (Number(shown.dataset.row) === openId()) shown.querySelector(".unread")?.remove();
  }

  function count(unknown) {
    const had = newer.hidden ? 0 : Number(newer.dataset.count);
    newer.hidden = unknown === 0;
    newer.dataset.count = unknown;
    newer.textContent = unknown === 1 ? newer.dataset.one : newer.dataset.many.replace("{count}", unknown);
    document.title = document.title.replace(/^\(\d+\) /, "");
    if (unknown) document.title = `(${unknown}) ${document.title}`;
    if (unknown > had) {
      told.textContent = unknown === 1 ? told.dataset.saidOne : told.dataset.saidMany.replace("{count}", unknown);
    }
  }

  async function all() {
    const answer = await fetch(`${screen.dataset.replies}/rows`, { headers: HEADERS });
    if (!answer.ok) return;
    queue.innerHTML = await answer.text();
    count(0);
    document.dispatchEvent(new CustomEvent("textbank:listed"));
    const now = queue.querySelector(`[data-row="${openId()}"] .talk`);
    now?.setAttribute("aria-current", "true");
  }

  function thread(fresh) {
    const box = pane.querySelector("[data-thread]");
    const said = box?.querySelector("[data-said]");
    if (!fresh || !said || said.shown === fresh.innerHTML) return;
    const opened = [...said.querySelectorAll("details[open][data-said]")].map((each) => each.dataset.said);
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    const isNew = fresh.dataset.latest !== box.dataset.latest;
    const closed = (part) => Boolean(part.querySelector("[data-opted-out], [data-review]"));
    const wasClosed = closed(said);
    said.shown = fresh.innerHTML;
    said.innerHTML = fresh.innerHTML;
    for (const id of opened) said.querySelector(`details[data-said="${id}"]`)?.setAttribute("open", "");
    if (atEnd) box.scrollTop = box.scrollHeight;
    if (closed(said) !== wasClosed) return again();
    if (isNew) {
      box.dataset.latest = fresh.dataset.latest;
      // What one press would have answered is no longer all that they said.
      const late = pane.querySelector("[data-one-tap]");
      if (late) late.style.minHeight = `${late.offsetHeight}px`;
      if (late && fresh.querySelector("ol.thread > li:last-child.in")) {
        late.disabled = true;
        late.querySelector(".one-tap-words").textContent = late.dataset.late;
      }
    }
    return undefined;
  }

  newer.addEventListener("click", all);
  document.addEventListener("textbank:hint", (event) => {
    if (event.detail === "deliveries") return;
    if (asking) missed = true;
    else later(Math.max(0, askedAt + PAUSE_MS - Date.now()));
    // What was just sent is "sent" a moment later, of which no hint tells a texter.
    if (event.detail === undefined) setTimeout(look, 3 * 1000);
  });
  document.addEventListener("textbank:opened", () => {
    tag = "";
    later(EVERY_MS);
  });
  document.addEventListener("visibilitychange", () => !document.hidden && look());
  later(EVERY_MS);
}
