// Drafts: what is typed into a box with data-keep="member/name" is there again when another form of the page
// was sent, or the page was opened anew, until the box's own form is accepted. It stays in this tab alone.
const PREFIX = "textbank-kept-";
const boxes = () => [...document.querySelectorAll("[data-keep]")];
const keyOf = (box) => PREFIX + box.dataset.keep;

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

// A browser that keeps nothing still has what is in the box.
function write(key, kept) {
  try {
    if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  } catch {}
}

function allKeys() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-keep]");
  if (!box) return;
  const over = box.defaultValue;
  write(keyOf(box), box.value === over ? null : { over, typed: box.value });
});

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  for (const box of event.target.querySelectorAll("[data-keep]")) {
    const kept = read(keyOf(box));
    const at = new URL(event.submitter?.formAction || event.target.action, location.href).pathname;
    if (kept) write(keyOf(box), { ...kept, sentTo: at });
  }
});

// `over` is what stood in the box when typing began: as long as the server says the same, the draft is newer.
function bringBack(box) {
  const kept = read(keyOf(box));
  if (!kept) return;
  if (box.defaultValue === kept.typed) return write(keyOf(box), { over: kept.over, typed: kept.typed });
  const [visit] = performance.getEntriesByType("navigation");
  const accepted = kept.sentTo && visit?.type !== "back_forward";
  if (accepted || box.defaultValue !== kept.over) return write(keyOf(box), null);
  if (box.value !== box.defaultValue) return undefined;
  box.value = kept.typed;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return undefined;
}

// After htmx has looked at the page, so that a preview follows what is brought back.
document.addEventListener("DOMContentLoaded", () => {
  const here = boxes();
  // Instead of an answer there came a page that says why not, or that asks to sign in.
  const isSignedOut = !document.querySelector("meta[name='csrf-token']");
  for (const key of allKeys()) {
    const kept = read(key);
    const isHere = here.some((box) => keyOf(box) === key);
    if (kept?.sentTo && !isHere && (isSignedOut || kept.sentTo === location.pathname)) {
      write(key, { over: kept.over, typed: kept.typed });
    }
  }
  for (const box of here) {
    // What another member left in this tab is nobody else's to read.
    const mine = PREFIX + box.dataset.keep.split("/")[0] + "/";
    for (const key of allKeys()) if (!key.startsWith(mine)) write(key, null);
    bringBack(box);
  }
});

// Pages that change only a part of themselves say what became of a box, and which part is new.
document.addEventListener("textbank:accepted", (event) => {
  for (const box of event.target.querySelectorAll("[data-keep]")) write(keyOf(box), null);
});
document.addEventListener("textbank:part", (event) => {
  for (const box of event.target.querySelectorAll("[data-keep]")) bringBack(box);
});
