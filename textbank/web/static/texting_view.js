// What stands on the first-text screen: whose turn it is, how far one is, what became of what was pressed.
import { nameOf } from "./texting_kept.js";

const A_LONG_RUN = 100;
const FEW_TAPS = 5;
export const UNSENT = "textbank-unsent";
export const root = document.querySelector("[data-texting]");
export const find = (name) => document.querySelector(`[data-${name}]`);
export const told = (words, values) => words.replace(/%\((\w+)\)s/g, (all, name) => values[name] ?? all);

const spans = (blocks) =>
  blocks.map((block) => {
    const made = document.createElement("span");
    made.className = `block ${block.kind}`;
    made.textContent = block.words;
    return made;
  });
const items = (failed) =>
  failed.map((each) => {
    const made = document.createElement("li");
    made.textContent = `${each.name || root.dataset.somebody}: ${each.words}`;
    return made;
  });

export class View {
  constructor() {
    Object.assign(this, { shown: null, campaign: document.querySelector(".texter-campaign") });
  }

  /** A person and their text; answers whether they are new on the screen. */
  put(text, name) {
    root.hidden = false;
    find("done").hidden = true;
    if (find("nothing")) find("nothing").hidden = true;
    if (name) this.campaign.textContent = name;
    if (this.shown === nameOf(text)) return false;
    if (this.shown) scrollTo({ top: 0, behavior: "instant" });
    this.shown = nameOf(text);
    find("name").textContent = text.name || root.dataset.somebody;
    find("words").replaceChildren(...spans(text.blocks));
    const fields = [...find("press").elements, find("skip").elements.recipient_id];
    for (const field of fields) if (field.name in text) field.value = text[field.name];
    return true;
  }

  /** How many are done and left, and in the last minute: no rate, which a quick start would make absurd. */
  progress(done, left, taps, isNew) {
    const counted = told(root.dataset.progress, { done: done + 1, all: done + left });
    find("progress-text").textContent = counted;
    find("bar").max = done + left;
    find("bar").value = done;
    const isPace = taps.length >= FEW_TAPS;
    find("pace-text").textContent = isPace ? ` · ${told(root.dataset.pace, { count: taps.length })}` : "";
    const isLong = done > 0 && done % A_LONG_RUN === 0;
    find("rest-text").hidden = !isLong;
    if (isLong) find("rest-text").textContent = told(root.dataset.rest, { count: done });
    if (isNew && done) find("spoken").textContent = `${find("name").textContent}. ${counted}`;
  }

  /** Nobody is left here: thanks, or without a network and a batch what that means. */
  finish(isEmpty) {
    this.shown = null;
    const wasOpen = !root.hidden;
    root.hidden = true;
    find("done").hidden = isEmpty;
    if (find("nothing")) find("nothing").hidden = !isEmpty;
    if (wasOpen && !isEmpty) find("done-head").focus();
  }

  note(words) {
    find("note").textContent = words;
    find("done-note").textContent = words;
  }

  /** What is sent, waits and was refused, always to be seen. */
  tell({ sent, waiting, failed, isAway }) {
    const counts = told(find("state").dataset.counts, { sent, waiting, failed: failed.length });
    find("state").textContent = counts;
    find("done-state").textContent = counts;
    if (waiting && isAway) this.note(root.dataset.offline);
    else if (find("note").textContent === root.dataset.offline) this.note("");
    for (const list of [find("failed"), find("done-failed")]) {
      list.hidden = failed.length === 0;
      if (list.childElementCount !== failed.length) list.replaceChildren(...items(failed));
    }
  }
}

/** After a halt: why, and how many presses came to nothing; on one's own page for whatever campaign. */
export function tellUnsent() {
  const note = document.querySelector("[data-unsent]");
  let halted = null;
  try {
    halted = JSON.parse(sessionStorage.getItem(UNSENT));
    sessionStorage.removeItem(UNSENT);
  } catch {
    return;
  }
  if (!note || !halted || ![halted.campaign, "any"].includes(note.dataset.unsent)) return;
  const why = note.querySelector("[data-why]");
  if (why) why.textContent = halted.why;
  const unsent = note.querySelector("[data-told]");
  unsent.textContent = told(unsent.dataset.told, { count: halted.unsent });
  note.hidden = false;
}
