import { expect } from "@playwright/test";
import { api, book, Caller, demo, enter, isAtToday, isLive, MANAGER_PHONE, newClinic, setUpSecondFactor, signIn, textFrom, textsTo } from "../demo.mjs";
import { test } from "../test.mjs";

test("a call arrives, is read while it runs, and its alert is taken, without a reload", async ({ page }) => {
  await signIn(page);
  await isLive(page);
  await page.evaluate(() => (window.sameDocument = true));
  const unread = async () => Number((await page.locator("#bell").getAttribute("aria-label")).match(/\d+/)[0]);
  const before = await unread();
  const ring = new Caller("+13105550171");
  await ring.rings();
  const running = page.locator("#running");
  await expect(running.getByText("(310) 555-0171")).toBeVisible();
  await ring.hears("Thank you for calling Glow. How can I help?");
  await ring.says("Hi, I want Botox this week, as soon as you can, money is no issue and I can't wait.");
  await expect(running.getByText("money is no issue")).toBeVisible();
  await ring.hangsUp();
  const alert = page.locator("#alerts .banner", { hasText: "(310) 555-0171" });
  await expect(alert).toBeVisible();
  await expect.poll(unread).toBeGreaterThan(before);
  await expect(running.getByText("(310) 555-0171")).toBeHidden();
  await expect.poll(async () => (await textsTo(MANAGER_PHONE)).some((text) => text.body.includes("3105550171"))).toBe(true);
  await alert.getByRole("button", { name: "I take it" }).click();
  await expect(alert).toBeHidden();
  expect(await page.evaluate(() => window.sameDocument)).toBe(true);
});

test("what happened while the connection was away is there when it is back", async ({ page, context }) => {
  // What is open stays open without a network: the line is cut by hand.
  const lines = [];
  await page.routeWebSocket(/live-calls/, (line) => {
    line.connectToServer();
    lines.push(line);
  });
  await signIn(page);
  await isLive(page);
  const banner = page.getByText("No connection to the clinic's data. Trying again…");
  await expect(banner).toBeHidden();
  await context.setOffline(true);
  for (const line of lines) await line.close();
  await expect(banner).toBeVisible({ timeout: 30_000 });
  const ring = new Caller("+13105550172");
  await ring.rings();
  await context.setOffline(false);
  await expect(banner).toBeHidden({ timeout: 30_000 });
  await expect(page.locator("#running").getByText("(310) 555-0172")).toBeVisible({ timeout: 30_000 });
  await ring.hangsUp();
});

test("a STOP, and a START after it, are seen on the open pages of whoever sent them", async ({ page }) => {
  const phone = "+13105550191";
  await book("Botox", "Dr. Maya Chen", "2026-12-08", "Stella Stop", phone);
  await expect.poll(async () => (await textsTo(phone)).length, { timeout: 30_000 }).toBeGreaterThan(0);
  const { items } = await api("GET", `/contacts?phone=${encodeURIComponent(phone)}`);
  await signIn(page, "front_desk");
  await page.goto(`${demo.base_url}/dashboard/contacts/${items[0].id}`);
  await expect(page.getByRole("heading", { level: 1, name: "Stella Stop" })).toBeVisible();
  await isLive(page);
  await page.evaluate(() => (window.sameDocument = true));
  const badge = page.getByText("No texts: they said STOP");
  await expect(badge).toBeHidden();
  await textFrom(phone, "STOP");
  await expect(badge).toBeVisible();
  await expect(page.locator("#consents li").filter({ hasText: "No" })).toBeVisible();
  expect(await page.evaluate(() => window.sameDocument)).toBe(true);

  await page.goto(`${demo.base_url}/dashboard/messages/${items[0].id}`);
  const warning = page.getByText("They said STOP: only they can take that back.");
  await expect(badge).toBeVisible();
  await expect(warning).toBeVisible();
  await isLive(page);
  await page.evaluate(() => (window.sameDocument = true));
  await textFrom(phone, "START");
  await expect(badge).toBeHidden();
  await expect(warning).toBeHidden();
  expect(await page.evaluate(() => window.sameDocument)).toBe(true);
});

test("what the assistant does in a call stands on the call's page as it does it", async ({ page }) => {
  const ring = new Caller("+13105550192");
  await ring.rings();
  await ring.says("Do you have time for Botox in December?");
  await signIn(page);
  await page.locator("#running").getByRole("link", { name: "(310) 555-0192" }).click();
  await expect(page.locator("#transcript").getByText("in December")).toBeVisible();
  await isLive(page);
  await page.evaluate(() => (window.sameDocument = true));
  const tools = page.locator("#tools");
  await ring.asks("check_availability", { service: "Botox", date: "2026-12-08" });
  await expect(tools.getByText("check_availability")).toBeVisible();
  const { items } = await api("GET", "/services?limit=100");
  const { id } = items.find((one) => one.name === "Botox");
  const openings = await api("GET", `/openings?service_id=${id}&from=2026-12-08&to=2026-12-08`);
  const time = openings.items.at(-1).local_starts_at.slice(11, 16);
  await ring.asks("book_appointment", { service: "Botox", date: "2026-12-08", time, name: "Tom Tool" });
  await expect(tools.getByText("book_appointment")).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: "Booked in this call" })).toBeVisible();
  await ring.hangsUp();
  // Whose call it was is known now.
  await expect(page.getByRole("heading", { level: 1, name: "Tom Tool" })).toBeVisible();
  expect(await page.evaluate(() => window.sameDocument)).toBe(true);
});

test("figures come by themselves to a page of Analytics that was opened before anybody called", async ({ page }) => {
  test.setTimeout(120_000);
  const { key, link } = await newClinic("Nova Skin", "nina@nova.example");
  const [site] = (await api("GET", "/locations", undefined, key)).items;
  const assistant_id = "a55157a0-0000-4000-8000-0000000000aa";
  await api("POST", "/assistants", { name: "Nova", platform_assistant_id: assistant_id, location_id: site.id }, key);
  const { secret } = await api("POST", "/webhook-secrets", { proof: "x_vapi_secret" }, key);
  const { url } = await api("POST", "/doors", {}, key);
  await enter(page, link, "Nina Nova");
  await setUpSecondFactor(page);
  await page.getByRole("link", { name: "I have kept them" }).click();
  await isAtToday(page);
  await page.goto(`${demo.base_url}/dashboard/analytics`);
  const empty = page.getByText("No calls in these days");
  await expect(empty).toBeVisible();
  await isLive(page);
  await page.evaluate(() => (window.sameDocument = true));
  // Whoever is choosing days is not disturbed.
  const first = page.getByLabel("First day");
  await first.focus();
  const ring = new Caller("+13035550161", { assistant_id, webhook_url: url, webhook_secret: secret });
  await ring.rings();
  await ring.says("Hi, what does Botox cost?");
  await ring.hangsUp();
  await page.waitForTimeout(1_000);
  await expect(empty).toBeVisible();
  await first.blur();
  await expect(page.locator("#figures")).toBeVisible();
  await expect(empty).toBeHidden();
  await expect(page.locator('[data-chart-of="calls-data"] canvas')).toBeVisible();
  await expect(page.locator('[data-chart-of="revenue-data"] canvas')).toBeVisible();
  const calls = page.locator("#figures .tile", { hasText: "Calls answered" }).locator(".much");
  await expect(calls).toHaveText("1");
  const again = new Caller("+13035550162", { assistant_id, webhook_url: url, webhook_secret: secret });
  await again.rings();
  await again.says("And how long does it take?");
  await again.hangsUp();
  await expect(calls).toHaveText("2");
  expect(await page.evaluate(() => window.sameDocument)).toBe(true);
});

test("whom somebody else invites stands on the pages of the team and of the audit log", async ({ page, context }) => {
  await signIn(page);
  const log = await context.newPage();
  await page.goto(`${demo.base_url}/dashboard/team`);
  await log.goto(`${demo.base_url}/dashboard/audit`);
  await Promise.all([isLive(page), isLive(log)]);
  const entries = log.locator("#log tbody tr", { hasText: "Program: Demo" });
  const before = await entries.count();
  const { id } = await api("POST", "/invitations", { email: "ida.invited@glow.example", role: "viewer" });
  const invited = page.locator("#invited").getByText("ida.invited@glow.example");
  await expect(invited).toBeVisible();
  await expect.poll(() => entries.count()).toBeGreaterThan(before);
  await api("DELETE", `/invitations/${id}`);
  await expect(invited).toBeHidden();
});

test("what a page could not fetch is fetched again, without another event", async ({ page, complaints }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/tasks`);
  await isLive(page);
  const refused = [];
  const isPart = (url) => url.pathname === "/dashboard/tasks";
  await page.route(isPart, (route) => {
    refused.push(route.request().url());
    return route.fulfill({ status: 503, body: "" });
  });
  await page.evaluate(() => document.addEventListener("live:event", ({ detail }) => (window.heard ||= detail.kind === "task")));
  const { id } = await api("POST", "/tasks", { title: "Order more numbing cream" });
  await page.waitForFunction(() => window.heard);
  const before = refused.length;
  await expect.poll(() => refused.length).toBeGreaterThan(before);
  await page.unroute(isPart);
  await expect(page.getByText("Order more numbing cream")).toBeVisible();
  await api("POST", `/tasks/${id}/done`);
  expect(complaints.splice(0).filter((one) => !one.includes("503"))).toEqual([]);
});

test("of two answers on their way the older one does not come last", async ({ page }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/tasks`);
  await isLive(page);
  const isPart = (url) => url.pathname === "/dashboard/tasks";
  // The first is answered as the page was, and held on its way until a newer one has come.
  let first;
  let answers = 0;
  await page.route(isPart, async (route) => {
    const nth = ++answers;
    const response = await route.fetch();
    if (nth === 1) first = { route, response };
    else await route.fulfill({ response });
  });
  const older = await api("POST", "/tasks", { title: "Call the sterilizer's maker" });
  await expect.poll(() => first !== undefined).toBe(true);
  const newer = await api("POST", "/tasks", { title: "Order more gauze" });
  await expect(page.getByText("Order more gauze")).toBeVisible();
  const came = page.waitForResponse((response) => response.url().endsWith("/dashboard/tasks"));
  await first.route.fulfill({ response: first.response });
  await came;
  // What it brings is there in the next frame at the latest, had it been taken.
  await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
  await expect(page.getByText("Order more gauze")).toBeVisible();
  await page.unroute(isPart);
  for (const { id } of [older, newer]) await api("POST", `/tasks/${id}/done`);
});

test("a page whose network was away for its fetch fetches again", async ({ page, complaints }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/tasks`);
  await isLive(page);
  const cut = [];
  const isPart = (url) => url.pathname === "/dashboard/tasks";
  await page.route(isPart, (route) => {
    cut.push(route.request().url());
    return route.abort("connectionreset");
  });
  await page.evaluate(() => document.addEventListener("live:event", ({ detail }) => (window.heard ||= detail.kind === "task")));
  const { id } = await api("POST", "/tasks", { title: "Water the ficus" });
  await page.waitForFunction(() => window.heard);
  const before = cut.length;
  await expect.poll(() => cut.length).toBeGreaterThan(before);
  await page.unroute(isPart);
  await expect(page.getByText("Water the ficus")).toBeVisible();
  await api("POST", `/tasks/${id}/done`);
  expect(complaints.splice(0).filter((one) => !one.includes("ERR_CONNECTION_RESET"))).toEqual([]);
});
