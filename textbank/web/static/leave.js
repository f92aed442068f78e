// Signing out leaves nothing behind, also where the browser does not know Clear-Site-Data: it is the next person's.
document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("form[action='/sign-out']")) return;
  // A request that is broken off by leaving this page would write what it knows once more.
  document.documentElement.dataset.leaving = "";
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // Storage is switched off: then there is nothing in it.
  }
  globalThis.indexedDB?.databases?.().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name)));
  globalThis.caches?.keys().then((keys) => keys.forEach((key) => caches.delete(key)));
});
// Who comes back to a page that stood still meanwhile has not left it, for want of a network for instance.
addEventListener("pageshow", (event) => {
  if (event.persisted) delete document.documentElement.dataset.leaving;
});
