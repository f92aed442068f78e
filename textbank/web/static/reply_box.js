// The answer box: a press on a ready answer fills it, a few letters find one, and shortcuts, which can be switched off.
import { areOff, isTyping } from "./keys.js";

const box = () => document.querySelector(".pane-answer textarea");
const told = (area) => area.dispatchEvent(new Event("input", { bubbles: true }));

function offerBack(words) {
  const isReady = [...document.querySelectorAll("[data-fills]")].some((each) => each.dataset.fills === words.trim());
  const back = document.querySelector("[data-my-words]");
  if (isReady || !back) return;
  back.hidden = false;
  back.words = words;
}

function fill(words) {
  const area = box();
  const typed = area.value.trim();
  if (typed) offerBack(area.value);
  area.value = words;
  told(area);
  document.querySelector("[data-send]").focus();
}

document.addEventListener("click", (event) => {
  const ready = event.target.closest("[data-fills]");
  if (ready) fill(ready.dataset.fills);
  const back = event.target.closest("[data-my-words]");
  if (back) {
    box().value = back.words;
    told(box());
    back.hidden = true;
    box().focus();
  }
  const picture = event.target.closest("a[data-picture]");
  if (picture) {
    event.preventDefault();
    const image = document.createElement("img");
    image.src = picture.href;
    image.alt = picture.dataset.picture;
    image.className = "sent-picture";
    picture.replaceWith(image);
  }
});

// Every word of a few letters must begin a word of the answer.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-find]")) return;
  const letters = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const each of document.querySelectorAll("[data-letters]")) {
    const words = each.dataset.letters.split(/[^\p{L}\p{N}]+/u);
    each.parentElement.hidden = !letters.every((few) => words.some((word) => word.startsWith(few)));
  }
});

// Words of one's own that the script's next text took the place of are a press away.
let mine = "";
document.addEventListener("submit", () => (mine = box()?.value ?? ""), true);
document.addEventListener("textbank:accepted", (event) => event.target.matches("[data-accepts]") && (mine = ""));

function dress() {
  if (mine.trim() && box()?.value && box().value !== mine) offerBack(mine);
  mine = "";
  // What the script fills in is counted, too.
  if (box()?.value) told(box());
}
document.addEventListener("textbank:part", dress);
dress();

const KEYS = { n: "[data-next]", d: "[data-done]", "/": "[data-find]" };

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.defaultPrevented) return;
  if (event.target.matches("[data-find]") && event.key === "Enter") {
    event.preventDefault();
    document.querySelector(".ready-strip li:not([hidden]) [data-fills]")?.click();
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === box()) {
    event.preventDefault();
    event.target.form.querySelector("[data-send]").click();
    return;
  }
  if (areOff() || isTyping(event)) return;
  const part = document.querySelector(KEYS[event.key] ?? "never");
  if (!part) return;
  event.preventDefault();
  if (part.matches("[data-find]")) part.focus();
  else part.click();
});
