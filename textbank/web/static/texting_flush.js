// First texts that were pressed and not sent when their page was left: they are sent from whatever page of ours is
// open. What comes of each that is not sent is said at once, because nobody looks at their own page now.
import { toast } from "./textbank.js";
import { Kept } from "./texting_kept.js";
import { Queue } from "./texting_queue.js";

export async function flush(member, campaign) {
  const kept = new Kept(member, campaign);
  if (!kept.queue.length) return;
  let end = null;
  const over = new Promise((done) => {
    end = done;
  });
  // What no text of the campaign can pass, and a token that fits no more, are for their own page.
  const stop = () => {
    queue.stopped = true;
    end();
  };
  const changed = () => {
    for (const { name, words } of queue.failed.splice(0)) toast(`${name}: ${words}`);
    if (!queue.waiting) end();
  };
  const on = { changed, settled: () => {}, signedOut: stop, needsToken: stop, halted: stop };
  const queue = new Queue(kept, `/texting/${campaign}`, on);
  const send = (lock) => {
    if (!lock) return undefined;
    addEventListener("online", () => queue.again());
    queue.pump();
    return over;
  };
  if (!navigator.locks) await send(true);
  else await navigator.locks.request(`textbank-texting-${campaign}`, { ifAvailable: true }, send).catch(stop);
}
