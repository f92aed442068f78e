// Hints from the server that something changed: pages fetch their live parts again at once, instead of only now
// and then. One tab of a browser holds the stream and tells the others; without hints pages are as true, but later.
const parts = () => [...document.querySelectorAll("[data-live]")];
const everything = new Set(["everything", "hello"]);
let due = null;
let last = 0;

function look(slowly) {
  const wait = Math.max(0, last + (slowly ? 3000 : 300) - Date.now());
  if (due && due.at <= Date.now() + wait) return;
  clearTimeout(due?.timer);
  due = {
    at: Date.now() + wait,
    timer: setTimeout(() => {
      due = null;
      last = Date.now();
      document.dispatchEvent(new CustomEvent("textbank:changed"));
    }, wait),
  };
}

function hear(hint) {
  document.dispatchEvent(new CustomEvent("textbank:hint", { detail: hint }));
  if (everything.has(hint)) return look(false);
  if (hint === "deliveries") {
    if (parts().some((part) => part.dataset.hint)) look(true);
    return undefined;
  }
  // A part with a hint of its own is about one conversation; the others are lists of all.
  if (parts().some((part) => !part.dataset.hint || part.dataset.hint === hint)) look(false);
  return undefined;
}

const others = "BroadcastChannel" in window ? new BroadcastChannel("textbank") : null;
others?.addEventListener("message", (event) => hear(event.data));

function listen() {
  const stream = new EventSource("/events");
  stream.addEventListener("message", (event) => {
    hear(event.data);
    others?.postMessage(event.data);
  });
  // Whoever was signed out is told by the next page.
  stream.addEventListener("over", () => stream.close());
  window.addEventListener("pagehide", () => stream.close(), { once: true });
  return new Promise((done) => window.addEventListener("pagehide", done, { once: true }));
}

if (parts().length > 0 || document.querySelector("[data-hears]")) {
  if (navigator.locks && others) navigator.locks.request("textbank-events", listen);
  else listen();
}
window.addEventListener("online", () => look(false));

// A thread shows its end, and stays there when something is added while one looks at it.
for (const box of document.querySelectorAll("[data-to-end]")) {
  const scrolls = () => (box.scrollHeight > box.clientHeight + 1 ? box : document.scrollingElement);
  const isAtEnd = () => scrolls().scrollHeight - scrolls().scrollTop - scrolls().clientHeight < 80;
  const toEnd = () => {
    scrolls().scrollTop = scrolls().scrollHeight;
  };
  const texters = document.body.classList.contains("texter");
  if (texters || scrolls() === box) toEnd();
  let atEnd = isAtEnd();
  for (const each of [box, window]) each.addEventListener("scroll", () => (atEnd = isAtEnd()), { passive: true });
  new MutationObserver(() => atEnd && toEnd()).observe(box, { childList: true });
  // Ready answers that open take room from below: what they answer to must stay in sight.
  const ready = box.parentElement.querySelector("details.ready");
  if (texters) ready?.addEventListener("toggle", () => atEnd && toEnd());
}

// Ready-made answers: a tap fills the box, where it can still be changed.
document.addEventListener("click", (event) => {
  const ready = event.target.closest("[data-fill]");
  if (!ready) return;
  const area = ready.closest("form").querySelector("textarea");
  area.value = ready.dataset.fill;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  ready.closest("details")?.removeAttribute("open");
  area.focus();
});
