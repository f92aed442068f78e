// Who else looks at the conversation that is open: data-here="address" on the line that says so.
const EVERY_MS = 15_000;
const line = () => document.querySelector("[data-here]");
let timer = null;
let wrote = 0;
let at = "";

function tell(address, form) {
  const token = document.querySelector("meta[name='csrf-token']")?.content ?? "";
  const headers = { "X-CSRF-Token": token, "X-Fragment": "1", "HX-Request": "true", Accept: "text/html" };
  return fetch(address, { method: "POST", headers, body: new URLSearchParams(form), keepalive: true });
}

async function look() {
  clearTimeout(timer);
  timer = setTimeout(look, EVERY_MS);
  const shown = line();
  const address = shown?.dataset.here ?? "";
  if (at && at !== address) tell(at, { gone: "true" }).catch(() => {});
  at = address;
  if (!address || document.hidden) return;
  try {
    const answer = await tell(address, { writes: String(Date.now() - wrote < EVERY_MS) });
    const words = answer.ok ? (await answer.text()).trim() : "";
    if (shown.isConnected && shown.innerHTML !== words) shown.innerHTML = words;
  } catch {
    // Nobody is shown; nothing else depends on it.
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-keep]")) return;
  const silent = Date.now() - wrote > EVERY_MS;
  wrote = Date.now();
  if (silent) look();
});
document.addEventListener("textbank:part", () => {
  wrote = 0;
  look();
});
document.addEventListener("visibilitychange", look);
window.addEventListener("pagehide", () => at && tell(at, { gone: "true" }).catch(() => {}));
look();
