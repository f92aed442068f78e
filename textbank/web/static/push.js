// Web push: offered after the first batch and on one's own page, taken or left with one press. On an iPhone it works
// only from the home screen, so there the steps are shown instead.
const LATER = "textbank-push-later";
const isApple =
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const isInstalled = () => navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
const canPush = "PushManager" in window && "serviceWorker" in navigator && "Notification" in window;
const WORKER = `/texting/worker.js?l=${document.documentElement.lang}`;

function isPutOff() {
  try {
    return localStorage.getItem(LATER) !== null;
  } catch {
    return false;
  }
}

function putOff() {
  try {
    localStorage.setItem(LATER, "yes");
  } catch {
    // It is asked again with the next batch, then.
  }
}

async function ask(address, fields) {
  const token = document.querySelector("meta[name='csrf-token']")?.content ?? "";
  const headers = { Accept: "application/json", "X-CSRF-Token": token };
  const body = fields && new URLSearchParams(fields);
  const answer = await fetch(address, { method: fields ? "POST" : "GET", headers, body, redirect: "error" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

const worker = async () =>
  (await navigator.serviceWorker.getRegistration("/texting/")) ??
  (await navigator.serviceWorker.register(WORKER, { scope: "/texting" }));

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const letters = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

async function active(registration) {
  const starting = registration.installing ?? registration.waiting;
  if (registration.active || !starting) return;
  await new Promise((done) => {
    starting.addEventListener("statechange", () => starting.state === "activated" && done());
  });
}

async function subscribe(key) {
  const registration = await worker();
  await active(registration);
  const before = await registration.pushManager.getSubscription();
  const known = before?.options?.applicationServerKey;
  if (before && known && letters(known) !== key) await before.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  const made = await registration.pushManager.subscribe(options);
  const fields = { endpoint: made.endpoint, p256dh: letters(made.getKey("p256dh")), auth: letters(made.getKey("auth")) };
  await ask("/me/push", fields);
}

async function unsubscribe() {
  await ask("/me/push/stop", {});
  const registration = await navigator.serviceWorker.getRegistration("/texting/");
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** Show the part of `box` that fits. `always`: on one's own page, whatever was said before. */
export async function offer(box, { always = false } = {}) {
  if (!box || (isPutOff() && !always)) return;
  const find = (name) => box.querySelector(`[data-push-${name}]`);
  const said = find("said");
  const show = ({ ask: isAsked = false, steps = false, stop = false }, words = "") => {
    find("ask").hidden = !isAsked;
    find("steps").hidden = !steps;
    find("stop").hidden = !stop;
    box.hidden = !(isAsked || steps || stop || words);
    said.textContent = words;
  };
  for (const later of box.querySelectorAll("[data-push-later]")) {
    later.hidden = always;
    later.onclick = () => {
      putOff();
      show({});
      (document.querySelector("[data-done-head]") ?? document.querySelector("#content"))?.focus();
    };
  }
  if (!canPush) return isApple && !isInstalled() ? show({ steps: true }) : undefined;
  let now = null;
  try {
    now = await ask("/me/push");
  } catch {
    return undefined; // no network: another time
  }
  if (!now.offered) return undefined;
  const attempt = async (act, then, words) => {
    try {
      await act();
      show(then, words);
    } catch {
      show({ ask: true }, Notification.permission === "denied" ? said.dataset.refused : said.dataset.failed);
    }
    said.tabIndex = -1;
    said.focus({ preventScroll: true });
  };
  find("yes").onclick = () =>
    attempt(
      async () => {
        if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
        await subscribe(now.key);
      },
      { stop: always },
      said.dataset.on,
    );
  find("stop").onclick = () => attempt(unsubscribe, { ask: true }, said.dataset.off);
  if (now.on && Notification.permission === "granted") return always ? show({ stop: true }, said.dataset.on) : undefined;
  if (Notification.permission === "denied") return always ? show({ ask: true }, said.dataset.refused) : undefined;
  return show({ ask: true });
}
