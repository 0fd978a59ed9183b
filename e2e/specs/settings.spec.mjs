import { expect } from "@playwright/test";
import { api, Caller, demo, goBadly, goWell, isLive, MANAGER_PHONE, signIn, textsTo } from "../demo.mjs";
import { test } from "../test.mjs";

const NEW_PHONE = "+13105550179";

test("Send Test SMS really sends, and the page says how far it came", async ({ page }) => {
  await signIn(page);
  await page.goto(demo.base_url + "/dashboard/settings");
  await isLive(page);
  const before = (await textsTo(MANAGER_PHONE)).length;
  const card = page.locator("#hot-lead");
  await expect(card.getByText("How it works")).toBeVisible();
  await expect(card.getByText("Every finished call is scored by what the caller said.")).toBeVisible();
  await expect(card.getByText("the assistant may see that somebody wants to book something of value and cannot")).toBeVisible();
  const told = card.getByText("Test SMS · (310) 555-0177");
  const tests = await told.count();
  await card.getByRole("button", { name: "Send Test SMS" }).click();
  await expect.poll(async () => (await textsTo(MANAGER_PHONE)).length).toBe(before + 1);
  const texts = await textsTo(MANAGER_PHONE);
  expect(texts.at(-1).body).toContain("Glow MedSpa");
  await expect(told).toHaveCount(tests + 1);
});

test("a new alert phone counts once its code was entered, and is still there afterwards", async ({ page }) => {
  await signIn(page);
  await page.goto(demo.base_url + "/dashboard/settings");
  await isLive(page);
  const card = page.locator("#hot-lead");
  await card.getByLabel("Alert phone").fill("310 555 0179");
  await card.getByRole("button", { name: "Save" }).click();
  expect(await card.getByLabel("Alert phone").evaluate((field) => field.validity.valid)).toBe(false);
  await card.getByLabel("Alert phone").fill(NEW_PHONE);
  await card.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await textsTo(NEW_PHONE)).length).toBe(1);
  const code = (await textsTo(NEW_PHONE))[0].body.match(/\b\d{6}\b/)[0];
  await card.getByLabel("Code from the text").fill(code);
  await card.getByRole("button", { name: "Confirm" }).click();
  await expect(card.getByText("(310) 555-0179")).toBeVisible();
  await page.reload();
  await expect(card.getByText("(310) 555-0179")).toBeVisible();
  // Whoever was told until now hears of it.
  await expect.poll(async () => (await textsTo(MANAGER_PHONE)).length).toBeGreaterThan(0);
});

test("every other test button looks for real, and says what is wrong and what to do", async ({ page }) => {
  test.setTimeout(120_000);
  const [harbor, rita, nurse] = [demo.other_org, "+16175550195", "+16175550196"];
  const change = (method, path, body) => api(method, path, body, harbor.api_key);
  await change("POST", "/alert-recipients", { name: "Rita Rung", phone: rita });
  await change("POST", "/settings/alert-phones", { purpose: "recipient", phone: rita });
  await change("POST", "/settings/alert-phones", { purpose: "clinical", phone: nurse });
  await change("PUT", "/settings/voice-platform", { private_key: "sandbox-private-key" });
  await signIn(page, "owner", harbor);
  const found = page.locator("#found li");
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  /** What each line says, and whether it is right. */
  const says = async (lines) => {
    await expect(found).toHaveCount(lines.length);
    for (const [at, [words, verdict]] of lines.entries()) {
      await expect(found.nth(at)).toContainText(words);
      await expect(found.nth(at).locator(".badge")).toHaveText(verdict);
    }
  };

  await page.goto(`${demo.base_url}/dashboard/settings/assistant`);
  await isLive(page);
  await press("Test the webhook");
  await says([
    ["/api/webhooks/vapi leads here.", "Right"],
    ["A message that is signed with the clinic's secret is believed.", "Right"],
    ["The secret and the assistant name this clinic.", "Right"],
    ["A message with another secret is refused.", "Right"],
  ]);
  await press("Test the assistant");
  await says([["the platform has no assistant of that id (404).", "Wrong"]]);
  await expect(found.first().locator("strong")).toHaveText("Compare the id, and whether the private key is of the same account.");

  await page.goto(`${demo.base_url}/dashboard/settings/calendars`);
  await isLive(page);
  await press("Test the calendars");
  await says([
    ["busy times can be read.", "Right"],
    ["an event was written, and taken out again.", "Right"],
  ]);
  await goBadly("google_free_busy", { kind: "refusal", http: 403, reason: "rateLimitExceeded" }, 5);
  await press("Test the calendars");
  await expect(found.first().locator(".badge")).toHaveText("Wrong");
  await goWell();
  await says([
    ["the provider asks for a pause (Google answered 403 rateLimitExceeded).", "Wrong"],
    ["an event was written, and taken out again.", "Right"],
  ]);
  await expect(found.first().locator("strong")).toContainText("If it lasts, ask for more quota.");

  await page.goto(`${demo.base_url}/dashboard/settings/email`);
  await isLive(page);
  await press("Send me a test");
  await says([
    ["takes our greeting and login.", "Right"],
    ["An e-mail to owner@harbor.example was taken.", "Right"],
  ]);

  const confirm = async (purpose, phone) => {
    await expect.poll(async () => (await textsTo(phone)).length, { timeout: 30_000 }).toBeGreaterThan(0);
    const code = (await textsTo(phone)).at(-1).body.match(/\b\d{6}\b/)[0];
    await change("POST", "/settings/alert-phones/confirm", { purpose, code });
  };
  await confirm("recipient", rita);
  await confirm("clinical", nurse);
  await page.goto(`${demo.base_url}/dashboard/settings/alerts`);
  await isLive(page);
  // The phone for clinical alerts.
  const before = (await textsTo(nurse)).length;
  await page.locator("#clinical-phone").getByRole("button", { name: "Send Test SMS" }).click();
  await expect.poll(async () => (await textsTo(nurse)).length).toBe(before + 1);
  await expect(page.locator("#clinical-phone").getByRole("listitem").filter({ hasText: "Test SMS · (617) 555-0196" })).toBeVisible();
  // Of a recipient: refused by Twilio, with its code and what to do.
  const listed = page.getByRole("listitem").filter({ hasText: "Rita Rung" });
  await listed.getByText("Edit Rita Rung").click();
  await goBadly("twilio", { kind: "status", http: 400, code: 21608 });
  await listed.getByRole("button", { name: "Send Test SMS" }).click();
  const told = page.locator("#clinical-phone").getByRole("listitem").filter({ hasText: "Test SMS · (617) 555-0195" });
  await expect(told).toContainText("(Twilio 21608)");
  await expect(told).toContainText("Verify this number or upgrade the account.");
  await goWell();
});

test("the slider says how many alerts another threshold would have meant, and which calls it would have changed", async ({ page }) => {
  const caller = new Caller("+13105550183");
  await caller.rings();
  await caller.says("Botox tomorrow please");
  await caller.hangsUp();
  const scored = async () => (await api("GET", "/leads?temperature=hot")).items.some((lead) => lead.score === 70);
  await expect.poll(scored, { timeout: 30_000 }).toBe(true);

  await signIn(page);
  await page.goto(demo.base_url + "/dashboard/settings/scoring");
  await isLive(page);
  const [slider, says] = [page.getByLabel("Hot from"), page.locator("#hot-says")];
  await expect(slider).toHaveValue("70");
  await expect(says).toHaveText(/^70: You would have had \d+ alerts?, as now\./);
  const now = (await says.textContent()).match(/had (\d+) alert/)[1];
  await slider.press("End");
  await expect(slider).toHaveValue("100");
  await expect(says).toHaveText(new RegExp(`^100: You would have had \\d+ alerts? instead of ${now}\\.`));
  expect(Number((await says.textContent()).match(/had (\d+) alert/)[1])).toBeLessThan(Number(now));

  await expect(page.getByText("What you save scores the calls of the last 90 days again")).toBeVisible();
  await page.getByRole("button", { name: "What would have changed?" }).click();
  const preview = page.locator("#preview");
  await expect(preview.locator(".banner")).toHaveText(/^You would have had \d+ alerts? instead of \d+\.$/);
  const changed = preview.getByRole("listitem").filter({ hasText: "Botox" }).filter({ hasText: "before 70, Hot → after 70, Warm" });
  await expect(changed.first()).toBeVisible();

  // Nothing was saved by looking.
  await page.reload();
  await expect(slider).toHaveValue("70");
});

test("settings stand under headings, which lead by keyboard to every page on the smallest phone too", async ({ page }) => {
  await signIn(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(demo.base_url + "/dashboard/settings");
  const nav = page.getByRole("navigation", { name: "Settings", exact: true });
  await expect(nav.getByRole("link")).toHaveText(["Overview", "Clinic and bookings", "Leads and alerts", "Texts to clients", "Connections"]);
  await expect(nav.locator("[aria-current=page]")).toHaveText("Overview");
  const listed = page.getByRole("heading", { level: 3, name: "Leads and alerts" }).locator("..").getByRole("link");
  await expect(listed).toHaveText(["Alerts", "Scoring of calls", "E-mail"]);

  await nav.getByRole("link", { name: "Connections" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Assistant and numbers" })).toBeVisible();
  for (const [current, name] of [["true", "Connections"], ["page", "Assistant and numbers"]]) {
    const link = nav.locator(`[aria-current=${current}]`);
    await expect(link).toHaveText(name);
    await expect(link).toBeInViewport({ ratio: 0.9 });
  }
  await nav.getByRole("link", { name: "Connections" }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(nav.getByRole("link", { name: "Calendars" })).toBeFocused();
  await expect(nav.getByRole("link", { name: "Calendars" })).toBeInViewport({ ratio: 0.9 });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Calendars" })).toBeVisible();
  await expect(nav.locator("[aria-current=page]")).toHaveText("Calendars");
});
