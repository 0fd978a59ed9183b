// After all others, in a clinic that none of them looks at: it fills lists.
import { expect } from "@playwright/test";
import { api, Caller, demo, signIn } from "../demo.mjs";
import { kept, made, payloads, visible } from "../payloads.mjs";
import { test } from "../test.mjs";

const CLINIC = demo.juniper;
/** W11 asks for so many. */
const PAYLOADS = payloads(5000);
/** Callers, each of whom says their part of all. */
const CALLERS = 20;
const PART = Math.ceil(PAYLOADS.length / CALLERS);
const part = (at) => PAYLOADS.slice(at * PART, (at + 1) * PART);

/** As much of it as a field takes. */
const within = (texts, length) => texts.reduce((all, text) => (all.length + text.length < length ? `${all} ${text}` : all), "").trim();
/** Whoever calls says their part, has it summed up, and has the assistant ask for it. */
async function calls(at) {
  const caller = new Caller(`+1310555${String(5000 + at)}`, CLINIC);
  const [first, second, third] = part(at);
  await caller.rings();
  await caller.asks("check_availability", { service: first, date: second, [third]: third });
  caller.turns = part(at).map((message, turn) => ({ role: turn % 2 ? "bot" : "user", message }));
  await caller.hangsUp(within(part(at), 2000));
}

/** Staff write it down: a task with a note, and why they may text. */
async function write(at) {
  const words = visible(part(at));
  const title = words.find((text) => text.length <= 200);
  await api("POST", "/tasks", { title, note: within(words, 2000) }, CLINIC.api_key);
  const consent = { phone: `+1310555${String(5000 + at)}`, purpose: "marketing", given: true, source: "staff" };
  await api("POST", "/consents", { ...consent, note: within(words, 500) }, CLINIC.api_key);
}

test("of five thousand ways to write what a page would run none does anything, and each is shown", async ({ page }) => {
  test.setTimeout(120_000);
  expect(new Set(PAYLOADS).size).toBeGreaterThanOrEqual(5000);
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    dialog.dismiss();
  });
  for (let at = 0; at < CALLERS; at += 1) await Promise.all([calls(at), write(at)]);
  await signIn(page, "owner", CLINIC);
  const isClean = async (what) => {
    expect(await made(page), what).toEqual([]);
    expect(asked, what).toEqual([]);
  };

  const { items } = await api("GET", "/calls?limit=100", undefined, CLINIC.api_key);
  const shown = new Set();
  for (let at = 0; at < CALLERS; at += 1) {
    const call = items.find(({ caller }) => caller.phone === `+1310555${String(5000 + at)}`);
    await page.goto(`${demo.base_url}/dashboard/calls/${call.id}`);
    await expect(page.locator("#transcript .bubble")).toHaveCount(part(at).length);
    await isClean(call.id);
    const bubbles = await page.locator("#transcript .bubble").evaluateAll((all) =>
      all.map((bubble) => {
        for (const ours of bubble.querySelectorAll(".by, .visually-hidden")) ours.remove();
        return bubble.textContent;
      }),
    );
    expect(bubbles.map(kept), call.id).toEqual(part(at).map(kept));
    for (const text of bubbles) shown.add(text);
  }
  expect(shown.size).toBeGreaterThanOrEqual(5000);

  const contact = items.find(({ contact_id }) => contact_id)?.contact_id;
  for (const address of ["", "/calls", "/leads", "/contacts", `/contacts/${contact}`, "/messages", "/calendar", "/tasks", "/notifications", "/analytics", "/audit"]) {
    await page.goto(`${demo.base_url}/dashboard${address}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await isClean(address);
  }
  await page.goto(`${demo.base_url}/dashboard/tasks`);
  await expect(page.locator("main")).toContainText(visible(part(0)).find((text) => text.length <= 200));
  for (let at = 0; at < PAYLOADS.length; at += 250) {
    const asked = PAYLOADS[at].replaceAll("\0", "");
    await page.goto(`${demo.base_url}/dashboard/search?q=${encodeURIComponent(asked)}`);
    await expect(page.getByRole("searchbox").first()).toBeVisible();
    await isClean(`search: ${asked}`);
  }
});

test("where nothing encodes them they do what they say", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  let asked = 0;
  page.on("dialog", (dialog) => {
    asked += 1;
    dialog.dismiss();
  });
  let found = 0;
  for (const text of PAYLOADS.slice(0, 100)) {
    await page.setContent(`<!doctype html><input value="${text}"><p>${text}</p>`);
    found += Number((await made(page)).length > 0);
  }
  // Of plain spelling; the others are for pages that read what they have encoded.
  expect(found).toBeGreaterThan(50);
  expect(asked).toBeGreaterThan(10);
  await context.close();
});
