// One's own page: whether this device is told of replies.
import { offer } from "./push.js";

offer(document.querySelector("[data-push]"), { always: true });
