// From a booking's commit to the page that shows it, with 200 sockets open: `npm run live-dom`. One of the sockets is that of
// Today in a real browser, whose figures fetch themselves anew; the others only listen. The booking comes by the API, and the
// time runs from the arrival of its answer, which follows the commit, to the change of the page: both by this machine's clock.
import { chromium } from "@playwright/test";
import start from "./start.mjs";

const SOCKETS = 200;
const BOOKINGS = 60;
const TARGET_MS = 250;

const stop = await start();
let p99;
try {
  const { signIn, isLive, book, demo } = await import("./demo.mjs");
  const chrome = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
  const page = await chrome.newPage();
  await signIn(page);
  await isLive(page);
  const { token } = await page.evaluate(async () => {
    const answer = await fetch("/dashboard/socket-token", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    return answer.json();
  });
  const url = demo.base_url.replace("http", "ws") + "/ws/live-calls";
  await page.evaluate(
    ({ url, token, count }) =>
      Promise.all(
        Array.from({ length: count }, () => {
          const socket = new WebSocket(url);
          (window.listening ??= []).push(socket);
          return new Promise((resolve, reject) => {
            socket.onopen = () => socket.send(JSON.stringify({ type: "subscribe", token }));
            socket.onmessage = resolve;
            socket.onclose = reject;
          });
        }),
      ),
    { url, token, count: SOCKETS - 1 },
  );
  const waited = [];
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
    const day = new Date(Date.UTC(2026, 11, 1 + Math.floor(n / 6) + 2 * Math.floor(n / 30)));
    try {
      await book("Botox", "Dr. Maya Chen", day.toISOString().slice(0, 10), "Dora Dragg", `+1310555${2000 + n}`);
    } catch (error) {
      if (process.env.SAY) console.error(String(error).slice(0, 300));
      continue; // A day on which nothing is free.
    }
    const committed = Date.now();
    waited.push((await page.evaluate(() => window.changed)) - committed);
  }
  await chrome.close();
  waited.sort((a, b) => a - b);
  const at = (share) => waited[Math.min(waited.length - 1, Math.floor(waited.length * share))];
  p99 = at(0.99);
  console.log(`${waited.length} bookings, ${SOCKETS} sockets: p50 ${at(0.5)} ms, p99 ${p99} ms to the page`);
} finally {
  await stop();
}
process.exit(p99 < TARGET_MS ? 0 : 1);
