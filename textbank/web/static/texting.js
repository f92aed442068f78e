// First texts, one press each. A press never waits for the network: it puts the text into a queue on this
// device, which sends one text per request, tries again when the network is back, and outlives a closed tab.
// The server counts a person once, however often the same text arrives.
const root = document.querySelector("[data-texting]");
const SETTLE_MS = 300; // a new person takes no press before a thumb has had time to leave the button
const READ_MS = 1000;
const AT_ONCE = 2;
const LONGEST_WAIT_MS = 15000;
const UNSENT = "textbank-unsent";

tellUnsent();
if (root) start();

function start() {
  const { member, campaign } = root.dataset;
  const find = (name) => document.querySelector(`[data-${name}]`);
  const form = find("press");
  const skipForm = find("skip");
  const button = find("send");
  const done = find("done");
  const key = `textbank-texts-${member}-${campaign}`;
  let queue = load(key, member);
  const queued = new Set(queue.map((each) => each.recipient_id));
  const batch = JSON.parse(find("batch").textContent).filter((each) => !queued.has(each.recipient_id));
  const failed = [];
  let at = 0;
  let sent = 0;
  let shownAt = 0;
  let flying = 0;
  let wait = 0;
  let timer = null;
  let stopped = null; // "signed out", or "over": no text of this batch can leave as it is
  let why = "";

  const told = (words, values) => words.replace(/%\((\w+)\)s/g, (all, name) => values[name] ?? all);

  function keep() {
    try {
      if (queue.length) localStorage.setItem(key, JSON.stringify(queue));
      else localStorage.removeItem(key);
    } catch {
      // A browser that keeps nothing still sends what is in memory.
    }
  }

  function show() {
    const text = batch[at];
    if (!text) return finish();
    find("name").textContent = text.name || root.dataset.somebody;
    find("words").replaceChildren(
      ...text.blocks.map((block) => {
        const made = document.createElement("span");
        made.className = `block ${block.kind}`;
        made.textContent = block.words;
        return made;
      }),
    );
    for (const [name, value] of Object.entries(text)) if (form.elements[name]) form.elements[name].value = value;
    skipForm.elements.recipient_id.value = text.recipient_id;
    const progress = told(root.dataset.progress, { done: at + 1, all: batch.length });
    find("progress-text").textContent = progress;
    find("bar").value = at;
    if (at) find("spoken").textContent = `${find("name").textContent}. ${progress}`;
    shownAt = performance.now();
    return undefined;
  }

  function finish() {
    root.hidden = true;
    done.hidden = false;
    find("done-head").focus();
    state();
  }

  function state() {
    const pieces = [];
    const waiting = queue.length;
    if (sent) pieces.push(told(root.dataset.sent, { count: sent }));
    if (waiting && (wait || !navigator.onLine)) pieces.push(told(root.dataset.waiting, { count: waiting }));
    if (stopped === "signed out") pieces.push(root.dataset.signedOut);
    if (stopped === "over") pieces.push(why);
    find("state").textContent = pieces.join(" · ");
    find("done-state").textContent = pieces.join(" · ");
    for (const list of [find("failed"), find("done-failed")]) {
      list.hidden = failed.length === 0;
      list.replaceChildren(
        ...failed.map((each) => {
          const item = document.createElement("li");
          item.textContent = `${each.name || root.dataset.somebody}: ${each.words}`;
          return item;
        }),
      );
    }
  }

  async function send(text) {
    const fields = new URLSearchParams();
    for (const name of ["recipient_id", "script_id", "seal", "body"]) fields.set(name, text[name]);
    const answer = await fetch(form.action, {
      method: "POST",
      body: fields,
      redirect: "error",
      headers: {
        Accept: "application/json",
        "X-CSRF-Token": document.querySelector("meta[name='csrf-token']").content,
      },
    });
    if (answer.status === 401) return "signed out";
    if (answer.status >= 500 || answer.status === 429) throw new Error(`${answer.status}`);
    const said = await answer.json();
    if (said.stops) {
      why = said.words;
      return "over";
    }
    if (said.sent) sent += 1;
    else failed.push({ name: text.name, words: said.words || said.error || "" });
    return "settled";
  }

  async function pump() {
    clearTimeout(timer);
    const next = queue.find((each) => !each.flying);
    if (!next || flying >= AT_ONCE || stopped) return;
    next.flying = true;
    flying += 1;
    pump();
    try {
      const outcome = await send(next);
      next.unknown = false;
      if (outcome === "settled") queue = queue.filter((each) => each !== next);
      else stopped = outcome;
      wait = 0;
    } catch {
      next.unknown = true;
      wait = Math.min(LONGEST_WAIT_MS, wait * 2 || 1000);
    }
    next.flying = false;
    flying -= 1;
    keep();
    state();
    if (stopped === "over") halt();
    else if (queue.length && !stopped) timer = setTimeout(pump, wait);
  }

  // The campaign is paused or over, or has other words: one message, and the page as the server has it now.
  // What was certainly not sent is shown there again; of what got no answer only a repeated press can tell.
  function halt() {
    root.inert = true;
    done.inert = true;
    if (flying) return;
    const unsent = queue.filter((each) => !each.unknown).length;
    queue = queue.filter((each) => each.unknown);
    keep();
    try {
      sessionStorage.setItem(UNSENT, JSON.stringify({ campaign, why, unsent }));
    } catch {
      // Without it the page still says what holds now.
    }
    location.replace(`${location.origin}/texting/${campaign}`);
  }

  // A key that is held repeats itself; only a press of its own counts.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (event.repeat) event.preventDefault();
    else if (event.target === document.body && !root.hidden) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (performance.now() - shownAt < SETTLE_MS || !batch[at] || stopped === "over") return;
    const { blocks, ...text } = batch[at];
    queue.push(text);
    keep();
    at += 1;
    show();
    pump();
    state();
  });

  skipForm.addEventListener("submit", (event) => {
    event.preventDefault();
    if (performance.now() - shownAt < SETTLE_MS || !batch[at]) return;
    const token = document.querySelector("meta[name='csrf-token']").content;
    const body = new URLSearchParams({ recipient_id: batch[at].recipient_id });
    const headers = { Accept: "application/json", "X-CSRF-Token": token };
    fetch(skipForm.action, { method: "POST", body, headers }).catch(() => {});
    batch.splice(at, 1);
    show();
    button.focus();
  });

  window.addEventListener("online", () => {
    wait = 0;
    pump();
  });

  show();
  // Whoever pressed on while the words changed has a moment to see the new ones.
  const note = document.querySelector("[data-unsent]:not([hidden])");
  shownAt = note ? performance.now() + READ_MS : 0;
  (note ?? button).focus({ preventScroll: true });
  state();
  pump();
}

// After a halt: why, and how many presses came to nothing.
function tellUnsent() {
  const note = document.querySelector("[data-unsent]");
  let halted = null;
  try {
    halted = JSON.parse(sessionStorage.getItem(UNSENT));
    sessionStorage.removeItem(UNSENT);
  } catch {
    return;
  }
  if (!note || !halted || halted.campaign !== note.dataset.unsent) return;
  const why = note.querySelector("[data-why]");
  if (why) why.textContent = halted.why;
  const told = note.querySelector("[data-told]");
  told.textContent = told.dataset.told.replace("%(count)s", halted.unsent);
  note.hidden = false;
}

// What another member left on a shared phone is not ours to send.
function load(key, member) {
  try {
    for (const each of Object.keys(localStorage)) {
      if (each.startsWith("textbank-texts-") && !each.startsWith(`textbank-texts-${member}-`)) {
        localStorage.removeItem(each);
      }
    }
    return JSON.parse(localStorage.getItem(key) ?? "[]").map((each) => ({ ...each, flying: false }));
  } catch {
    return [];
  }
}
