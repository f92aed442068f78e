// First texts, one press each, in one tab at a time. What happens on the screen is in texting_screen.js.
import { forgetOthers, whoseIsKept } from "./texting_kept.js";
import { Screen } from "./texting_screen.js";
import { find, root, tellUnsent } from "./texting_view.js";

tellUnsent();
if (root) begin();

// One tab at a time: another one waits, and takes over when this one is closed or when told to.
function begin() {
  const campaign = root.dataset.campaign ?? location.pathname.split("/")[2];
  const member = root.dataset.member ?? whoseIsKept(campaign);
  if (root.dataset.member) forgetOthers(member);
  const name = `textbank-texting-${campaign}`;
  let screen = null;
  const hold = () => {
    find("elsewhere").hidden = true;
    if (screen) screen.resume();
    else screen = new Screen(member, campaign);
    performance.mark("ready"); // from here on a press counts
    return new Promise(() => {});
  };
  const elsewhere = (error) => {
    if (error && error.name !== "AbortError") throw error;
    screen?.rest();
    root.hidden = true;
    find("done").hidden = true;
    find("elsewhere").hidden = false;
  };
  if (!navigator.locks) return hold();
  const waits = setTimeout(() => elsewhere(), 400);
  const held = () => {
    clearTimeout(waits);
    return hold();
  };
  navigator.locks.request(name, held).catch(elsewhere);
  find("here").addEventListener("click", () => {
    navigator.locks.request(name, { steal: true }, held).catch(elsewhere);
  });
  return undefined;
}
