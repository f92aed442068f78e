// Opens the first-text page without a network, and shows how many people wait. `KEPT` is written above this by the
// server: the empty page, the files of one release and the words of one language. Names and texts are nowhere in here.
const CACHE = `textbank-shell-${KEPT.version}`;
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([...KEPT.files, KEPT.shell]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((each) => each.startsWith("textbank-shell-") && each !== CACHE))
      .then((old) => Promise.all(old.map((each) => caches.delete(each))))
      .then(() => self.clients.claim()),
  );
});

const shell = () => caches.match(KEPT.shell);

// The network first; where there is none, or one that does not answer, the empty page.
async function page(request) {
  const patience = new Promise((done) => setTimeout(done, PATIENCE_MS)).then(shell);
  const answer = fetch(request).then(
    async (got) => (got.status > 501 && (await shell())) || got,
    async (error) => {
      const kept = await shell();
      if (kept) return kept;
      throw error;
    },
  );
  return (await Promise.race([answer, patience])) ?? answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && /^\/texting\/\d+$/.test(pathname)) event.respondWith(page(request));
  else if (KEPT.files.includes(pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});

// A digest is a number and nothing else; the words around it are this device's own.
self.addEventListener("push", (event) => {
  let waiting = 0;
  try {
    waiting = Math.max(0, Math.trunc(Number(event.data.json().waiting))) || 0;
  } catch {
    // Without a number it still says that somebody waits.
  }
  const words = waiting === 1 ? KEPT.one : KEPT.many.replace("{count}", waiting || "");
  const options = { body: words.trim(), tag: "replies", icon: KEPT.icon, lang: KEPT.language };
  const badge = waiting ? self.navigator.setAppBadge?.(waiting)?.catch(() => {}) : undefined;
  event.waitUntil(Promise.all([self.registration.showNotification("Textbank", options), badge]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = "/texting/conversations";
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((open) => {
      const there = open.find((each) => new URL(each.url).pathname.startsWith(address));
      return there ? there.focus() : self.clients.openWindow(address);
    }),
  );
});
