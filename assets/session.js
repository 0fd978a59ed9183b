// Whoever leaves the dashboard alone is signed out: the page says so a minute before, and then goes to the sign-in, which leads
// back here. What a page fetches by itself keeps nobody signed in; a key, a click, a touch does.

const WARN_SECONDS = 60;
const NOTE_MS = 60000;
const ends = document.getElementById("session-ends");
let notedAt = Date.now();
let isUsed = false;
let isRead = false;
let endsAt;
let nextLook;

function toSignIn() {
  location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
}

// POST: somebody is here. GET: how long they have left, which only looks.
async function session(method) {
  const headers = { accept: "application/json", "hx-request": "true" };
  if (method === "GET") Object.assign(headers, BY_ITSELF);
  try {
    const response = await ask("/dashboard/session", { method, headers });
    if (response.status === 401) return toSignIn();
    if (response.ok) return response.json();
  } catch {
    // Without a connection nobody can be told anything; the next look may have one.
  }
}

async function note() {
  notedAt = Date.now();
  isUsed = false;
  told(await session("POST"));
}

function told(left) {
  if (!left) return lookIn(WARN_SECONDS / 4);
  endsAt = Date.now() + left.seconds * 1000;
  if (left.seconds > WARN_SECONDS + 1) {
    if (ends.open) ends.close();
    return lookIn(left.seconds - WARN_SECONDS);
  }
  if (isUsed && left.canStay) return note();
  ends.querySelector("[data-stays]").hidden = !left.canStay;
  ends.querySelector("[data-last]").hidden = left.canStay;
  ends.querySelector("[data-reads]").hidden = left.canStay;
  if (!ends.open && !isRead) ends.showModal();
  count();
}

function lookIn(seconds) {
  clearTimeout(nextLook);
  nextLook = setTimeout(async () => told(await session("GET")), Math.max(1, seconds) * 1000);
}

// Another window may have said meanwhile that somebody is there.
function count() {
  const seconds = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
  const line = ends.querySelector("[data-left]");
  const words = seconds > 45 ? line.dataset.minute : line.dataset.seconds.replace("{}", String(seconds));
  if (line.textContent !== words) line.textContent = words;
  lookIn(seconds > 10 ? 5 : 1);
}

function used() {
  isUsed = true;
  if (!ends.open && Date.now() - notedAt > NOTE_MS) note();
}

if (ends) {
  for (const sign of ["keydown", "pointerdown", "wheel", "touchstart"]) {
    document.addEventListener(sign, used, { passive: true, capture: true });
  }
  ends.querySelector("[data-stays]").addEventListener("click", note);
  ends.querySelector("[data-reads]").addEventListener("click", () => { isRead = true; ends.close(); });
  // Escape is somebody's, too.
  ends.addEventListener("cancel", () => { isRead = ends.querySelector("[data-stays]").hidden; note(); });
  // A laptop slept: its clocks did not.
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState === "visible") told(await session("GET"));
  });
  lookIn(Number(ends.dataset.sessionLeft) - WARN_SECONDS);
}
