// The editor of flows: Enter in the phone's box sends there, and the newest bubble is in sight.
const box = () => document.getElementById("phone-text");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target !== box()) return;
  event.preventDefault();
  document.getElementById("phone-send").click();
});

function follow() {
  const talk = document.getElementById("phone-talk");
  if (talk) talk.scrollTop = talk.scrollHeight;
}
document.addEventListener("htmx:afterSettle", follow);
follow();
