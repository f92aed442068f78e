// A reply that comes in while a page is open: a number in the title and on the icon, and a soft sound for whom asked
// for one (on their own page).
const wantsSound = "sound" in document.body.dataset;
let audio = null;
let had = null;

// Browsers let a page be heard only after somebody has touched it.
function wake() {
  const Audio = window.AudioContext ?? window.webkitAudioContext;
  if (!wantsSound || !Audio) return;
  audio ??= new Audio();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

function beep() {
  if (!wantsSound || audio?.state !== "running") return;
  const [tone, loudness, now] = [audio.createOscillator(), audio.createGain(), audio.currentTime];
  tone.frequency.value = 660;
  loudness.gain.setValueAtTime(0.0001, now);
  loudness.gain.exponentialRampToValueAtTime(0.06, now + 0.03);
  loudness.gain.exponentialRampToValueAtTime(0.0001, now + 0.25);
  tone.connect(loudness).connect(audio.destination);
  tone.start(now);
  tone.stop(now + 0.3);
}

function heard() {
  document.body.dataset.heard = Number(document.body.dataset.heard ?? 0) + 1;
  beep();
}

function count(waiting, isInTitle) {
  if (isInTitle) {
    const title = document.title.replace(/^\(\d+\) /, "");
    document.title = waiting ? `(${waiting}) ${title}` : title;
  }
  if (waiting) navigator.setAppBadge?.(waiting)?.catch(() => {});
  else navigator.clearAppBadge?.()?.catch(() => {});
  if (had !== null && waiting > had) heard();
  had = waiting;
}

for (const name of ["pointerdown", "keydown"]) addEventListener(name, wake, { passive: true });

// On the first-text screen the server says how many wait.
const said = document.querySelector("[data-live='/texting/conversations/waiting']");
if (said) {
  const look = () => count(Number(said.querySelector("[data-waiting]")?.dataset.waiting ?? 0), true);
  new MutationObserver(look).observe(said, { childList: true });
  look();
}

// On the reply screen: conversations that are new in the list, and the open one, when they write again.
const newer = document.querySelector("[data-newer]");
if (newer) {
  const look = () => count(newer.hidden ? 0 : Number(newer.dataset.count ?? 0), false);
  new MutationObserver(look).observe(newer, { attributes: true });
  look();
  const pane = document.querySelector("[data-pane]");
  const isTheirs = () => pane.querySelector("ol.thread > li:last-child.in");
  const options = { attributes: true, attributeFilter: ["data-latest"], subtree: true };
  new MutationObserver(() => isTheirs() && heard()).observe(pane, options);
}
