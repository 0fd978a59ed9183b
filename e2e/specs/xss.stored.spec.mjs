// W11 wherever else something is shown that somebody wrote: texts, visits' notes, settings, the grid, and what a page was asked for.
// Thousands to a page, in the clinic of `xss.spec.mjs` and after it.
import { expect } from "@playwright/test";
import { api, Caller, demo, signIn, textFrom, textsTo } from "../demo.mjs";
import { kept, made, packed, payloads, visible } from "../payloads.mjs";
import { test } from "../test.mjs";

const CLINIC = demo.juniper;
const PAYLOADS = payloads(5000);
/** As many of those that the API takes. */
const VISIBLE = visible(payloads(12_000)).slice(0, 5000);
const KEY = CLINIC.api_key;
/** Requests that are under way at once. */
const AT_ONCE = 6;
/** Whom the clinic has texted. */
const TEXTED = "+13105556000";

/** Does it with each of them, some at once. */
async function each(all, work) {
  const left = [...all.entries()];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0]);
  }));
}

/** Pages of whoever is signed in, looked at where no policy holds back what they were made to do. */
async function shown(page, browser) {
  await signIn(page, "owner", CLINIC);
  const bare = await (await browser.newContext()).newPage();
  const asked = [];
  bare.on("dialog", (dialog) => {
    asked.push(dialog.message());
    dialog.dismiss();
  });
  /** What stands on them: nothing of it is made by what somebody wrote. */
  return async (addresses, statuses = [200]) => {
    const pages = [];
    await each(addresses, async (address, at) => {
      const answer = await page.request.get(`${demo.base_url}${address}`);
      expect(statuses, address.slice(0, 200)).toContain(answer.status());
      pages[at] = await answer.text();
    });
    await bare.setContent(pages.join("\n"));
    expect(await made(bare)).toEqual([]);
    expect(asked).toEqual([]);
    return kept(await bare.evaluate(() => document.documentElement.textContent));
  };
}

/** So many of these stand there. */
const count = (texts, where) => texts.filter((text) => where.includes(kept(text))).length;

test("five thousand texts to a clinic are texts", async ({ page, browser }) => {
  const caller = new Caller(TEXTED, CLINIC);
  await caller.rings();
  await caller.asks("book_appointment", { service: "Botox", date: "2026-12-08", time: "10:00", name: "Tess Texted" });
  await expect.poll(async () => (await textsTo(TEXTED)).length, { timeout: 30_000 }).toBeGreaterThan(0);
  const bodies = packed(PAYLOADS, 1500);
  const phone = (at) => `+13105556${String(100 + (at % 20))}`;
  await each(bodies, (body, at) => textFrom(phone(at), body, CLINIC, TEXTED));
  const look = await shown(page, browser);
  const { items } = await api("GET", "/threads?limit=100", undefined, KEY);
  const threads = items.filter(({ phone: from }) => from.startsWith("+13105556"));
  const text = await look(["/dashboard/messages", ...threads.map(({ id }) => `/dashboard/messages/${encodeURIComponent(id)}`)]);
  expect(count(PAYLOADS, text)).toBeGreaterThanOrEqual(5000);
});

/** So many times of the next months at which nobody is in another's way. */
async function times(service, many) {
  const { items: sites } = await api("GET", "/locations", undefined, KEY);
  const { items: people } = await api("GET", "/practitioners?limit=100", undefined, KEY);
  const found = [];
  const taken = new Map();
  for (const site of sites) {
    for (const { id } of people) {
      for (const [from, to] of [["2026-12-14", "2027-02-28"], ["2027-03-01", "2027-05-31"], ["2027-06-01", "2027-08-31"]]) {
        const query = `service_id=${service.id}&location_id=${site.id}&practitioner_id=${id}&from=${from}&to=${to}`;
        const { items } = await api("GET", `/openings?${query}`, undefined, KEY);
        for (const time of items) {
          const starts = Date.parse(time.starts_at);
          // Whoever is at one site on a day is not at another.
          const day = `${id} ${time.local_starts_at.slice(0, 10)}`;
          const [at, free] = taken.get(day) ?? [site.id, 0];
          if (at !== site.id || starts < free) continue;
          found.push({ ...time, location_id: site.id });
          taken.set(day, [site.id, starts + 45 * 60_000]);
        }
        if (found.length >= many) return found.slice(0, many);
      }
    }
  }
  throw new Error(`only ${found.length} times of ${many}`);
}

test("five thousand things that staff note of visits are words", async ({ page, browser }) => {
  test.setTimeout(120_000);
  const { items: services } = await api("GET", "/services?limit=100", undefined, KEY);
  const service = services.find(({ name }) => name === "Botox");
  const notes = packed(VISIBLE, 500);
  const visits = [];
  await each(await times(service, notes.length), async ({ location_id, practitioner_id, starts_at }, at) => {
    const wish = { service_id: service.id, location_id, practitioner_id, starts_at, name: "Nora Noted", phone: `+1310557${String(1000 + at)}`, notes: notes[at] };
    visits[at] = (await api("POST", "/appointments", wish, KEY)).id;
  });
  const look = await shown(page, browser);
  let found = 0;
  for (let at = 0; at < visits.length; at += 100) {
    const panels = visits.slice(at, at + 100).map((id) => `/dashboard/calendar/visits/${id}`);
    found += count(VISIBLE, await look(panels));
  }
  expect(found).toBeGreaterThanOrEqual(5000);
});

test("five thousand names of a clinic's services are words, and so are those of its keys", async ({ page, browser }) => {
  const names = visible(payloads(25_000)).filter((text) => text.length <= 80).slice(0, 5000);
  const services = Array.from({ length: names.length / 40 }, (_, at) => names.slice(at * 40, at * 40 + 40));
  await each(services, (aliases, at) => api("POST", "/services", { name: `Words ${at}`, aliases }, KEY));
  // The log calls a program so which has done something.
  const keys = names.slice(0, 80);
  await each(keys, async (name) => {
    const { key } = await api("POST", "/keys", { name, scopes: ["tasks:write"] }, KEY);
    await api("POST", "/tasks", { title: "Look" }, key);
  });
  const look = await shown(page, browser);
  expect(count(names, await look(["/dashboard/settings/services"]))).toBeGreaterThanOrEqual(5000);
  expect(count(keys, await look(["/dashboard/settings/keys"]))).toBe(keys.length);
  expect(count(keys, await look(["/dashboard/audit"]))).toBeGreaterThan(20);
});

test("nobody on the grid is more than their name, whatever that is", async ({ page }) => {
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    dialog.dismiss();
  });
  await signIn(page, "owner", CLINIC);
  const EVENTS = "**/dashboard/calendar/events?*";
  const parts = packed(PAYLOADS, 1500);
  // What the server gives has such names in their place: it takes none itself.
  await page.route(EVENTS, async (route) => {
    const answer = await route.fetch();
    const drawn = await answer.json();
    const one = { ...drawn.blocks[0], kind: "busy", start: `${drawn.now.slice(0, 10)}T10:00:00`, end: `${drawn.now.slice(0, 10)}T11:00:00` };
    const visit = { id: "apt_1", columns: one.columns.slice(0, 1), start: one.start, end: one.end, starts_at: "2026-11-24T18:00:00Z", minutes: 60, status: "scheduled", version: 1, things: [], is_confirmed: true, has_notes: true };
    drawn.columns = drawn.columns.map((column, at) => ({ ...column, title: parts[at] }));
    drawn.visits = parts.map((words, at) => ({ ...visit, id: `apt_${at}`, person: words, service: words, practitioner: words, things: [words] }));
    drawn.blocks = parts.slice(0, 50).map((title) => ({ ...one, title }));
    await route.fulfill({ response: answer, json: drawn });
  });
  await page.goto(`${demo.base_url}/dashboard/calendar?date=2026-11-24`);
  await expect(page.locator("#calendar .ec-event").first()).toBeVisible();
  const text = kept(await page.locator("#calendar").evaluate((grid) => grid.textContent));
  expect(await made(page)).toEqual([]);
  expect(asked).toEqual([]);
  expect(count(PAYLOADS, text)).toBeGreaterThanOrEqual(5000);
});

/** What each page that says again what it was asked for is asked by. */
const ASKED = {
  "/calls": ["contact"],
  "/contacts": ["q"],
  "/tasks": ["kind", "who"],
  "/search": ["q"],
  "/audit": ["actor", "action"],
  "/calendar": ["date", "who"],
  "/settings/texts": ["kind"],
  "/settings/hours": ["site"],
};

test("what a page was asked for is words where it says so", async ({ page, browser }) => {
  const look = await shown(page, browser);
  // As much as a server takes in one URL.
  const written = PAYLOADS.map((text) => encodeURIComponent(text.replaceAll("\0", "")));
  for (const [address, names] of Object.entries(ASKED)) {
    const parts = packed(written, Math.floor(50_000 / names.length)).map((words) => words.replaceAll(" ", "%20"));
    await look(parts.map((words) => `/dashboard${address}?${names.map((name) => `${name}=${words}`).join("&")}`), [200, 404]);
  }
});
