// What every page shares: dialogs, questions before harm, notices, counters, live parts. All of it is a help on
// top of pages that work without scripts.
import { count } from "./segments.js";
import "./forget.js";
import "./keep.js";
import "./leave.js";

const words = document.getElementById("said-by-scripts")?.dataset ?? {};

// Dialogs: data-opens="id" opens one, data-closes closes the one around it.
function show(dialog) {
  if (!dialog?.showModal) return;
  if (dialog.open) dialog.close();
  dialog.showModal();
  const wrong = dialog.querySelector("[aria-invalid='true']");
  (wrong ?? dialog.querySelector("[autofocus], input:not([type=hidden]), textarea, select"))?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    show(document.getElementById(opener.dataset.opens));
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  }
});
// Links that act as buttons answer to the space bar as buttons do.
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches?.("a[data-opens], a[data-closes]")) {
    event.preventDefault();
    event.target.click();
  }
});

// Questions before harm: data-confirm on a button or a form, with data-consequence and data-yes.
const question = document.getElementById("confirm");
const fallbackYes = question?.querySelector("[data-yes]").textContent;

function ask({ confirm, consequence = "", yes = fallbackYes }) {
  question.querySelector("[data-question]").textContent = confirm;
  const told = question.querySelector("[data-consequence]");
  told.textContent = consequence;
  told.hidden = !consequence;
  question.querySelector("[data-yes]").textContent = yes;
  question.returnValue = "no";
  question.showModal();
  question.querySelector("[data-no]").focus();
  return new Promise((resolve) => {
    question.addEventListener("close", () => resolve(question.returnValue === "yes"), { once: true });
  });
}

let agreed = null;
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const asker = [event.submitter, form].find((each) => each?.dataset?.confirm);
    if (!asker || !question?.showModal) return;
    if (agreed === asker) {
      agreed = null;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    ask(asker.dataset).then((yes) => {
      if (!yes) return;
      agreed = asker;
      if (submitter) submitter.click();
      else if (form.requestSubmit) form.requestSubmit();
      else form.submit();
    });
  },
  true,
);

// One press, one submission. Forms that htmx sends are left to htmx; data-again is for those that answer with a file.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-again]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("data-busy", "");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-busy]")) button.removeAttribute("data-busy");
});

// Notices.
const toasts = document.querySelector("[data-toasts]");

function dress(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.setAttribute("aria-label", words.close);
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  // It stays for as long as it is pointed at or holds the focus.
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, 8000 + 60 * toast.textContent.length);
}

export function toast(message) {
  const made = document.createElement("p");
  made.className = "toast";
  const said = document.createElement("span");
  said.textContent = message;
  made.append(said);
  toasts.append(made);
  dress(made);
}
// Taken out and put back, because a live region speaks of what changes and not of what it was born with.
const waiting = [...(toasts?.querySelectorAll("[data-toast]") ?? [])];
for (const each of waiting) each.remove();
requestAnimationFrame(() => {
  for (const each of waiting) {
    toasts.append(each);
    dress(each);
  }
});

// Copying and printing: data-copies="#id" on a button copies that field's words, data-prints prints the page. Both
// are hidden until a script is there to do it.
async function copy(field) {
  field.select();
  try {
    // A page that is not served by https has no clipboard, but may still copy what is selected.
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else if (!document.execCommand("copy")) throw new Error("not copied");
    toast(words.copied);
  } catch {
    toast(words.select);
  }
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies], [data-prints]");
  if (button?.dataset.copies) copy(document.querySelector(button.dataset.copies));
  else if (button) window.print();
});

// Counters: data-counter="id of the paragraph" on a textarea.
function tell(area) {
  const told = document.getElementById(area.dataset.counter);
  if (!told) return;
  // Who has written nothing yet need not read of nothing; the line keeps its place.
  if (!area.value && document.body.classList.contains("texter")) return told.replaceChildren();
  const { segments: counted, special } = count(area.value);
  const segments = area.value ? counted : 0; // nothing is sent where nothing is said
  const sentence = segments === 1 ? told.dataset.one : told.dataset.many;
  const plain = sentence.replace("{characters}", [...area.value].length).replace("{segments}", segments);
  told.textContent = special ? `${plain}. ${told.dataset.unicode.replace("{character}", `“${special}”`)}` : plain;
  return told.toggleAttribute("data-over", segments > 1);
}
document.addEventListener("input", (event) => event.target.matches("[data-counter]") && tell(event.target));

// Whoever came to something in it with a key is brought to it again: by its id, its address, else its place.
function hold(part) {
  const held = document.activeElement;
  const all = () => [...part.querySelectorAll("a[href], button, summary, [tabindex]")];
  const place = all().indexOf(held);
  if (place < 0) return () => {};
  const [id, address] = [held.id, held.getAttribute("href")];
  const same = (each) => (id ? each.id === id : address && each.getAttribute("href") === address);
  return () => (all().find(same) ?? all()[place])?.focus({ preventScroll: true });
}

// Live parts: data-live="address" is fetched again every data-every seconds (5) while the page is looked at, and
// at once when a page dispatches "textbank:changed". An answer of 204 leaves it, 286 shows it and ends it.
async function refresh(part) {
  if (!part.isConnected) return;
  const every = Number(part.dataset.every || 5) * 1000;
  clearTimeout(part.timer);
  let over = false;
  if (!document.hidden && !part.contains(document.activeElement?.closest("input, textarea, select"))) {
    try {
      const answer = await fetch(part.dataset.live, { headers: { "X-Fragment": "1" } });
      if (answer.redirected) location.reload();
      if (answer.ok && answer.status !== 204) {
        const fresh = await answer.text();
        if (fresh !== part.shown) {
          const focusAgain = hold(part);
          part.innerHTML = fresh;
          part.shown = fresh;
          focusAgain();
          start(part);
        }
      }
      over = answer.status === 286;
      part.toggleAttribute("data-stale", !answer.ok);
    } catch {
      part.setAttribute("data-stale", "");
    }
  }
  if (!over) part.timer = setTimeout(() => refresh(part), every);
}
function refreshAll() {
  for (const part of document.querySelectorAll("[data-live]")) if (part.timer) refresh(part);
}
document.addEventListener("visibilitychange", () => !document.hidden && refreshAll());
document.addEventListener("textbank:changed", refreshAll);

// htmx: our token with every request, and a word when the network is away.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name='csrf-token']")?.content;
  if (token) event.detail.headers["X-CSRF-Token"] = token;
});
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => toast(words.failed));
}
// An error comes as a fragment with a sentence in it; people are told that sentence, and the page stays as it was.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) return;
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  toast(answer.body.textContent.trim().slice(0, 400) || words.failed);
});
// An answer of 422 holds the form again, with what was typed and what is wrong with it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) Object.assign(event.detail, { shouldSwap: true, isError: false });
});
document.addEventListener("htmx:load", (event) => {
  // htmx also tells of the whole page, a moment after it is there: once more would take the focus away.
  if (event.detail.elt !== document.body) start(event.detail.elt);
});

function start(root) {
  for (const area of root.querySelectorAll("[data-counter]")) tell(area);
  for (const dialog of root.querySelectorAll("dialog[data-open-now]")) show(dialog);
  for (const part of root.querySelectorAll("[data-live]")) {
    if (!part.timer) part.timer = setTimeout(() => refresh(part), Number(part.dataset.every || 5) * 1000);
  }
  for (const button of root.querySelectorAll("[data-copies], [data-prints]")) button.hidden = false;
  root.querySelector("[data-focus-me]")?.focus();
}
start(document);

// A menu closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
