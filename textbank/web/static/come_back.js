// A browser that waits for a text from its owner's phone: ask every two seconds, at most ten minutes, then go in.
const form = document.querySelector("[data-come-back]");
const until = Date.now() + 10 * 60 * 1000;
const EVERY_MS = 2000;

async function ask() {
  if (Date.now() > until) return;
  try {
    const answer = await fetch(form.dataset.comeBack, { headers: { accept: "application/json" } });
    const { waits, known } = await answer.json();
    if (known) return form.submit();
    if (!waits) return undefined;
  } catch {
    // No network just now: the next turn asks again.
  }
  return setTimeout(ask, EVERY_MS);
}
if (form) ask();
