// Single keys are shortcuts only for whom wants them (one's own page), and never while one types. "?" shows them.
const OFF = "textbank-shortcuts";
const { body } = document;

// The page that opens without a network knows nobody: what was chosen last holds there.
try {
  if (!document.querySelector("meta[name='csrf-token']")) {
    if (localStorage.getItem(OFF) === "off") body.dataset.shortcuts = "off";
  } else if (body.dataset.shortcuts === "off") localStorage.setItem(OFF, "off");
  else localStorage.removeItem(OFF);
} catch {
  // A browser that keeps nothing is told by each page.
}

export const areOff = () => body.dataset.shortcuts === "off";
export const isTyping = (event) =>
  Boolean(event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey;

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || areOff() || isTyping(event) || event.repeat) return;
  const sheet = document.getElementById("keys");
  if (!sheet?.showModal || sheet.open) return;
  event.preventDefault();
  sheet.showModal();
});
