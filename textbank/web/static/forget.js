// Whatever page of ours opens: names and texts of first texts (texting_kept.js) that are a day old, or another
// member's, leave this device. Signing out takes everything (leave.js).
const DAY_MS = 24 * 60 * 60 * 1000;
const member = document.querySelector("meta[name='csrf-token']")?.dataset.member;

function forget(isOver) {
  try {
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith("textbank-texts-"))) {
      let kept = {};
      try {
        kept = JSON.parse(localStorage.getItem(key)) ?? {};
      } catch {
        // What cannot be read is not kept either.
      }
      if (isOver(key, kept)) localStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

forget((key, kept) => {
  const isOthers = member && !key.startsWith(`textbank-texts-${member}-`);
  return isOthers || !(Math.abs(Date.now() - kept.at) < DAY_MS);
});
