// Somebody waits for a captain: ask every few seconds while the page is looked at, and go on by itself. Whoever was
// stopped while they pressed is told what did not leave.
import { tellUnsent } from "./texting_view.js";

tellUnsent();
const waits = document.querySelector("[data-standing]");

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/texting/standing", { headers: { accept: "application/json" } });
    if (answer.ok && (await answer.json()).state !== waits.dataset.standing) location.reload();
  } catch {
    // No network just now: the next turn asks again.
  }
}
if (waits) {
  setInterval(ask, 4000);
  document.addEventListener("visibilitychange", ask);
}
