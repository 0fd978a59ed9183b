// Keeps a page true without a reload: the socket says that something changed, parts that show such things fetch themselves anew.
//
//   <section id="calls" data-live="call alert">   is fetched from the page's own address when an event of those kinds comes
//
// Where that brings other parts than are shown, as when there was nothing before, all that stands in #main is replaced.

const RETRY_MS_MAX = 15000;
const GATHER_MS = 25;
const ASK_AGAIN_SECONDS = 2;
const offline = document.querySelector(".offline");
const seen = new Set();
let last;
let retries = 0;
let turns = 0;
const broughtIn = new Map();
const waiting = new Set();
let timer;

function refresh(kinds) {
  for (const kind of kinds) waiting.add(kind);
  clearTimeout(timer);
  timer = setTimeout(fetchParts, GATHER_MS);
}

function later(kinds, seconds) {
  // Not all pages at once, where all wait for the same server.
  setTimeout(() => refresh(kinds), 1000 * seconds * (1 + Math.random() / 2));
}

// Of two answers on their way at once the older may come last: it brings nothing that the newer one has brought.
function brings(turn, id) {
  if (turn < (broughtIn.get(id) ?? 0)) return false;
  broughtIn.set(id, turn);
  return true;
}

// What somebody has opened stays open, and what they have closed stays closed. The nth of the same words is the same.
function keepOpen(part, fresh) {
  const byWords = (root) => Object.groupBy(root.querySelectorAll("details"), (one) => one.querySelector("summary")?.textContent);
  const shown = byWords(part);
  for (const [words, list] of Object.entries(byWords(fresh))) {
    list.forEach((one, nth) => {
      const same = shown[words]?.[nth];
      if (same) one.open = same.open;
    });
  }
}

// What somebody is at stays as it is, and is fetched again when they are done.
function isHeld(part, again) {
  // Somebody has changed something there and not saved it: what they save is told when it is no longer what they saw. What a
  // script shows only once is held by it.
  if (part.querySelector("form[data-dirty], [data-held]")) return true;
  const typed = document.activeElement;
  if (!part.contains(typed) || !typed.matches("input, textarea, select")) return false;
  typed.addEventListener("blur", again, { once: true });
  return true;
}

const partsIn = (main) => [...main.querySelectorAll("[data-live]")].map((part) => part.id).sort().join(" ");

// The page has other parts now than are shown: none of those that are shown could bring them. Whether they were brought.
async function replaceMain(page) {
  const [main, fresh] = [document.getElementById("main"), page.getElementById("main")];
  if (!main || !fresh || partsIn(main) === partsIn(fresh)) return false;
  const again = () => refresh(["*"]);
  const dialog = document.querySelector("dialog[open]");
  if (dialog) dialog.addEventListener("close", again, { once: true });
  if (dialog || isHeld(main, again)) return false;
  keepOpen(main, fresh);
  await htmx.swap({ target: main, sourceElement: document.body, text: fresh.innerHTML, swap: "innerMorph" });
  main.dispatchEvent(new CustomEvent("live:fresh", { bubbles: true }));
  return true;
}

async function fetchParts() {
  const parts = [...document.querySelectorAll("[data-live]")].filter((part) => {
    const kinds = part.dataset.live.split(" ");
    return waiting.has("*") || kinds.includes("*") || kinds.some((kind) => waiting.has(kind));
  });
  const kinds = [...waiting];
  waiting.clear();
  if (parts.length === 0) return;
  const turn = ++turns;
  let response;
  try {
    response = await ask(location.href, { headers: { "hx-request": "true", ...BY_ITSELF } });
  } catch {
    return later(kinds, ASK_AGAIN_SECONDS);
  }
  if (response.status === 401) return toSignIn();
  // Too much is asked for at the clinic at this moment: what is shown stays until it is this page's turn.
  if (response.status === 429) return later(kinds, Number(response.headers.get("retry-after") ?? ASK_AGAIN_SECONDS));
  // A server that is just being started, or had no connection left: what has happened is not lost by that.
  if (response.status >= 500) return later(kinds, ASK_AGAIN_SECONDS);
  if (!response.ok) return;
  const page = parsed(await response.text());
  const isReplaced = brings(turn, "main") && await replaceMain(page);
  if (isReplaced) for (const part of page.querySelectorAll("#main [data-live]")) brings(turn, part.id);
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh || (isReplaced && fresh.closest("#main")) || !brings(turn, part.id)) continue;
    keepOpen(part, fresh);
    if (fresh.isEqualNode(part) || isHeld(part, () => refresh(part.dataset.live.split(" ")))) continue;
    await htmx.swap({ target: part, sourceElement: document.body, text: fresh.outerHTML, swap: "outerMorph" });
    document.getElementById(part.id)?.dispatchEvent(new CustomEvent("live:fresh", { bubbles: true }));
  }
}

function heard(message) {
  if (message.type === "event") {
    if (seen.has(message.id)) return;
    seen.add(message.id);
    if (seen.size > 2000) seen.delete(seen.values().next().value);
    last = Math.max(last ?? 0, message.id);
    document.dispatchEvent(new CustomEvent("live:event", { detail: message }));
    refresh([message.kind]);
  } else if (message.type === "subscribed") {
    retries = 0;
    offline.hidden = true;
    document.documentElement.dataset.socket = "open";
    // What happened between the page's rendering and now.
    if (last === undefined) refresh(["*"]);
    last = Math.max(last ?? 0, message.last);
  } else if (message.type === "reload") {
    last = undefined;
    refresh(["*"]);
  }
}

async function connect() {
  let token;
  try {
    const { ok, answer } = await call("POST /dashboard/socket-token", {}, BY_ITSELF);
    if (!ok) return again();
    token = answer.token;
  } catch {
    return again();
  }
  const socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws/live-calls");
  socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "subscribe", token, after: last })));
  socket.addEventListener("message", (event) => heard(JSON.parse(event.data)));
  socket.addEventListener("close", again);
}

function again() {
  delete document.documentElement.dataset.socket;
  retries += 1;
  offline.hidden = retries < 2 || !elsewhere.hidden;
  const pause = Math.min(RETRY_MS_MAX, 300 * 2 ** Math.min(retries, 6)) * (0.5 + Math.random() / 2);
  setTimeout(connect, retries === 1 ? 200 : pause);
}

document.addEventListener("live:now", () => refresh(["*"]));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !document.documentElement.dataset.socket) refresh(["*"]);
});
// "4 min ago" and running calls grow older by themselves.
setInterval(() => document.visibilityState === "visible" && document.querySelector("[data-ticks]") && refresh(["*"]), 30000);
if (offline) connect();
