// From a booking's commit to the page that shows it, with 200 sockets open: `npm run live-dom`. One of the sockets is that of
// Today in a real browser, whose figures fetch themselves anew; the others listen from another tab: nobody has two hundred in
// the one that they look at. The booking is a caller's, and the time runs from the arrival of its answer, which follows the commit, to
// the change of the page: both by this machine's clock.
import { chromium, expect } from "@playwright/test";
import { cpus, loadavg } from "node:os";
import start from "./start.mjs";

const SOCKETS = 200;
const BOOKINGS = 60;
/** What one caller may book in a call. */
const EACH = 3;
const TARGET_MS = 250;

/** Times of one person on many days, a few of each, so that they do not meet. */
async function openings(api) {
  const one = async (path, wanted) => (await api("GET", `${path}?limit=100`)).items.find((item) => item.name === wanted);
  const [service, person] = [await one("/services", "Botox"), await one("/practitioners", "Dr. Maya Chen")];
  const found = [];
  for (let day = 0; found.length < BOOKINGS && day < 30; day += 1) {
    const date = new Date(Date.UTC(2026, 11, 1 + day)).toISOString().slice(0, 10);
    const { items } = await api("GET", `/openings?service_id=${service.id}&practitioner_id=${person.id}&from=${date}&to=${date}`);
    found.push(...items.filter((_, at) => at % 3 === 0).slice(0, 4));
  }
  return found;
}

const stop = await start();
let p99;
try {
  const { signIn, isLive, api, Caller, demo } = await import("./demo.mjs");
  const chrome = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
  const context = await chrome.newContext();
  const page = await context.newPage();
  await signIn(page);
  await isLive(page);
  const url = demo.base_url.replace("http", "ws") + "/ws/live-calls";
  const others = await context.newPage();
  await others.goto(`${demo.base_url}/dashboard/account`);
  await others.evaluate(
    async ({ url, count }) => {
      // Each has a token of its own, which opens one socket.
      const listen = async () => {
        const answer = await fetch("/dashboard/socket-token", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
        const { token } = await answer.json();
        const socket = new WebSocket(url);
        (window.listening ??= []).push(socket);
        await new Promise((resolve, reject) => {
          socket.onopen = () => socket.send(JSON.stringify({ type: "subscribe", token }));
          socket.onmessage = resolve;
          socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
        });
      };
      // A browser's own number at a time: an org has a line of its own, and it is not to be overrun.
      for (let open = 0; open < count; open += 6) await Promise.all(Array.from({ length: Math.min(6, count - open) }, listen));
    },
    { url, count: SOCKETS - 1 },
  );
  // They have all rung before it begins: a visit that one of them makes is all that changes the day's figures from here on.
  const callers = Array.from({ length: BOOKINGS / EACH }, (_, n) => new Caller(`+1310555${2000 + n}`));
  for (const caller of callers) await caller.rings();
  await expect(page.locator("#figures .much").first()).toHaveText(String(callers.length));
  const waited = [];
  const free = await openings(api);
  for (let n = 0; n < BOOKINGS; n += 1) {
    await page.waitForTimeout(300);
    await page.evaluate(() => {
      window.changed = new Promise((resolve) => {
        const seen = new MutationObserver(() => {
          seen.disconnect();
          resolve(Date.now());
        });
        // Only the booking changes the day's figures.
        seen.observe(document.querySelector("#figures"), { subtree: true, childList: true, characterData: true });
      });
    });
    const time = free.shift();
    if (!time) break;
    const [date, at] = time.local_starts_at.split("T");
    const said = await callers[Math.floor(n / EACH)].asks("book_appointment", { service: "Botox", practitioner: "Dr. Maya Chen", date, time: at.slice(0, 5), name: `Dora Dragg ${n}` });
    const committed = Date.now();
    if (!said.startsWith("Great!")) {
      if (process.env.SAY) console.error(said);
      continue;
    }
    waited.push((await page.evaluate(() => window.changed)) - committed);
  }
  await chrome.close();
  waited.sort((a, b) => a - b);
  const at = (share) => waited[Math.min(waited.length - 1, Math.floor(waited.length * share))];
  p99 = at(0.99);
  console.log(`load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores, ${process.env.VOXANNE_PROFILE ?? "debug"} profile`);
  console.log(`${waited.length} bookings, ${SOCKETS} sockets: p50 ${at(0.5)} ms, p99 ${p99} ms to the page`);
} finally {
  await stop();
}
process.exit(p99 < TARGET_MS ? 0 : 1);
