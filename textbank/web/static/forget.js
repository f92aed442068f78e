// Whatever page of ours opens: names and texts of first texts (texting_kept.js) that are a day old, or another
// member's, leave this device. Signing out takes everything (leave.js). What was pressed and not sent is sent.
const DAY_MS = 24 * 60 * 60 * 1000;
const member = document.querySelector("meta[name='csrf-token']")?.dataset.member;

function keys() {
  try {
    return Object.keys(localStorage).filter((each) => each.startsWith("textbank-texts-"));
  } catch {
    return []; // a browser that keeps nothing has nothing to forget
  }
}

function isOver(key) {
  if (member && !key.startsWith(`textbank-texts-${member}-`)) return true;
  try {
    return !(Math.abs(Date.now() - JSON.parse(localStorage.getItem(key)).at) < DAY_MS);
  } catch {
    return true; // what cannot be read is not kept either
  }
}

for (const key of keys()) if (isOver(key)) localStorage.removeItem(key);

if (member && !document.querySelector("[data-texting]")) {
  for (const key of keys()) {
    const campaign = key.split("-").at(-1);
    import("./texting_flush.js").then(({ flush }) => flush(member, campaign));
  }
}
