// Keeps the wall of phones live. Events only say which phones changed; their texts are fetched as HTML.

const wall = document.getElementById("phones");
const announcer = document.getElementById("announcer");
const size = Number(wall.dataset.size);
const pinned = new Set();
const fetching = new Map();

const cardOf = (phone) => document.getElementById(`phone-${phone.slice(1)}`);

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function localTimes(root) {
  const format = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.textContent = format.format(new Date(time.dateTime));
  }
}

function toEnd(card) {
  const view = card.querySelector(".conversation");
  view.scrollTop = view.scrollHeight;
}

async function load(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return fragment(await answer.text());
}

// The newest text that came in, for those who listen rather than look.
function news(card, before) {
  const list = card.querySelector("ol");
  if (!list || list.dataset.newest === before) return "";
  const last = list.lastElementChild;
  last.classList.add("fresh");
  if (last.classList.contains("mine")) return "";
  const words = last.querySelector(".bubble").lastChild.textContent;
  return `New text on ${card.dataset.name}: ${words}`;
}

async function refresh(card) {
  const view = card.querySelector(".conversation");
  const before = view.querySelector("ol")?.dataset.newest ?? "";
  const atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 60;
  const content = await load(`/phones/${encodeURIComponent(card.dataset.phone)}/conversation`);
  localTimes(content);
  view.replaceChildren(content);
  if (atEnd) toEnd(card);
  return news(card, before);
}

function makeRoom() {
  const cards = [...wall.children];
  for (const card of cards.reverse()) {
    if (wall.children.length <= size) return;
    if (!pinned.has(card.dataset.phone) && !card.contains(document.activeElement)) card.remove();
  }
}

async function appear(phone) {
  const content = await load(`/phones/${encodeURIComponent(phone)}`);
  if (cardOf(phone)) return "";
  localTimes(content);
  wall.prepend(content);
  const card = cardOf(phone);
  toEnd(card);
  makeRoom();
  return news(card, "");
}

// One fetch at a time for each phone; a change during a fetch causes exactly one more.
async function changed(phone) {
  if (fetching.has(phone)) {
    fetching.set(phone, true);
    return "";
  }
  fetching.set(phone, false);
  let said = "";
  try {
    const card = cardOf(phone);
    if (card) said = await refresh(card);
    else if (wall.dataset.follow === "yes") said = await appear(phone);
  } catch {
    // The phone is gone or the carrier stopped; the connection's own state says so.
  }
  const again = fetching.get(phone);
  fetching.delete(phone);
  return again ? (await changed(phone)) || said : said;
}

async function changes(phones) {
  if (phones.includes("")) return location.reload();
  const shown = phones.filter(cardOf);
  const fresh = phones.filter((phone) => !cardOf(phone)).slice(-size);
  const said = (await Promise.all([...shown, ...fresh].map(changed))).filter(Boolean);
  if (said.length > 3) announcer.textContent = `New texts on ${said.length} phones`;
  else if (said.length) announcer.textContent = said.join(". ");
}

function say(form, words, bad = false) {
  let line = form.querySelector(".said");
  if (!line) {
    line = document.createElement("p");
    line.className = "said";
    line.setAttribute("role", "status");
    form.querySelector(".actions, .quick").after(line);
  }
  line.classList.toggle("problem", bad);
  line.textContent = words;
}

async function post(form, submitter) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form, submitter)),
    headers: { accept: "application/json" },
  });
  const told = await answer.json();
  return answer.ok ? { said: told.said } : { error: told.error };
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const card = form.closest(".phone");
  const input = form.elements.body;
  if (card && !event.submitter?.name && !input.value.trim()) return input.focus();
  const result = await post(form, event.submitter).catch(() => ({
    error: "The simulated carrier does not answer; nothing was sent. Is it still running?",
  }));
  if (result.error) return say(form, result.error, true);
  form.querySelector(".said")?.remove();
  if (!card) return form.elements.kind && event.submitter?.name === "kind" ? location.reload() : say(form, result.said);
  pinned.add(card.dataset.phone);
  if (!event.submitter?.name) input.value = "";
  changed(card.dataset.phone).then(() => toEnd(card));
});

function state(name, words) {
  document.getElementById("live").dataset.state = name;
  document.getElementById("live-text").textContent = words;
}

for (const card of wall.children) toEnd(card);
localTimes(document);
if (wall.dataset.follow !== "yes" || new URLSearchParams(location.search).has("number")) {
  for (const card of wall.children) pinned.add(card.dataset.phone);
}

// The mark says what the page shows already; on a new connection the browser names the last event it had.
const events = new EventSource(`/events?after=${wall.dataset.mark}`);
events.onopen = () => state("on", "Live");
events.onerror = () => state("lost", "Connection lost, trying again");
events.onmessage = (event) => {
  const { phones, totals } = JSON.parse(event.data);
  document.getElementById("totals").textContent = totals;
  if (phones.length) document.getElementById("hint")?.remove();
  changes(phones);
};
