// The reply screen: conversations open beside the queue without loading the page again, and what comes in moves
// nothing that is on the screen. Without this script the same links and forms work as whole pages.
import { toast } from "./textbank.js";
import "./heard.js";
import "./live.js";
import "./reply_box.js";
import "./presence.js";
import { watch } from "./reply_changes.js";

const screen = document.querySelector("[data-replies]");
const pane = screen.querySelector("[data-pane]");
const HEADERS = { "X-Fragment": "1", "HX-Request": "true", Accept: "text/html" };
const EARLY_MS = 300;
let settling = null;
let asked = null;
let busy = false;

const openId = () => Number(pane.dataset.pane);

function mark(id) {
  for (const link of screen.querySelectorAll(".talk")) {
    const isOpen = link.pathname.endsWith(`/${id}`);
    link.toggleAttribute("aria-current", isOpen);
    if (isOpen) {
      link.setAttribute("aria-current", "true");
      link.querySelector(".unread")?.remove();
    }
  }
}

// A finger that comes down where something else just was is not meant for what is there now.
function settle() {
  pane.removeAttribute("data-settled");
  clearTimeout(settling);
  settling = setTimeout(() => pane.setAttribute("data-settled", ""), EARLY_MS);
}

function toEnd() {
  const thread = pane.querySelector("[data-thread]");
  if (thread) thread.scrollTop = thread.scrollHeight;
}

function show(html, id, how) {
  pane.innerHTML = html;
  pane.dataset.pane = id;
  screen.classList.toggle("reading", id > 0);
  const address = screen.dataset.replies + (id ? `/${id}` : "");
  if (how === "new" && location.pathname !== address) history.pushState(null, "", address);
  if (how === "same") history.replaceState(null, "", address);
  document.title = `${pane.querySelector("#who")?.textContent ?? screen.dataset.title} · Textbank`;
  mark(id);
  settle();
  pane.dispatchEvent(new CustomEvent("textbank:part", { bubbles: true }));
  document.dispatchEvent(new CustomEvent("textbank:opened", { detail: id }));
  toEnd();
  const notice = pane.querySelector("[data-notice]")?.dataset.notice;
  if (!id && notice) toast(notice);
  // The keyboard of a phone stays away; whoever uses keys goes on from the name.
  pane.querySelector("[data-focus-pane]")?.focus({ preventScroll: true });
}

// An error comes as a sentence: it is said, and the screen stays as it is.
async function take(answer, how) {
  if (answer.status === 401) return location.reload();
  const html = await answer.text();
  const id = answer.headers.get("X-Conversation");
  if (id === null) {
    const words = new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
    return toast(words.slice(0, 400) || screen.dataset.failed);
  }
  return show(html, Number(id), how);
}

export async function open(address, how = "new") {
  asked?.abort();
  asked = new AbortController();
  try {
    await take(await fetch(address, { headers: HEADERS, signal: asked.signal }), how);
  } catch (error) {
    if (error.name !== "AbortError") toast(screen.dataset.failed);
  }
}

screen.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-open]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const list = link.pathname === screen.dataset.replies;
  // On a phone, "back" leads to the list as it stands: nothing is asked for.
  if (list) {
    const last = openId();
    show("", 0, "new");
    screen.querySelector(`[data-row="${last}"] .talk`)?.focus();
    return;
  }
  open(link.href);
});

pane.addEventListener(
  "click",
  (event) => {
    if (event.detail > 0 && !pane.hasAttribute("data-settled")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

pane.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  event.submitter?.setAttribute("data-busy", "");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: HEADERS,
      body: new FormData(form, event.submitter),
    });
    const moved = answer.headers.get("X-Conversation") !== String(openId());
    if (answer.ok && (answer.headers.has("X-Accepted") || !form.matches("[data-accepts]"))) {
      form.dispatchEvent(new CustomEvent("textbank:accepted", { bubbles: true }));
    }
    await take(answer, moved ? "new" : "same");
    document.dispatchEvent(new CustomEvent("textbank:hint"));
  } catch {
    // The words are in the box, and the key in the form: sending again sends once.
    toast(screen.dataset.failed);
  } finally {
    busy = false;
    event.submitter?.removeAttribute("data-busy");
  }
});

window.addEventListener("popstate", () => {
  if (location.pathname === screen.dataset.replies) show("", 0, "back");
  else open(location.href, "back");
});

mark(openId());
toEnd();
pane.setAttribute("data-settled", "");
watch(screen, openId, () => open(location.href, "same"));
