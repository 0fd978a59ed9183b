// E7. The buttons of the settings that try or make something, besides those of the settings' own spec.
import { expect } from "@playwright/test";
import { api, Caller, demo, isLive, mailsTo, signIn, textsTo } from "../demo.mjs";
import { test } from "../test.mjs";

const harbor = demo.other_org;
const OWN_ACCOUNT = "AC5d0c6f1e3a524b7c9e8471f2a06bd3c9";
const OWN_SENDER = "+13105550166";

/** Presses what asks whether one is sure, and is. */
async function pressSurely(page, button) {
  page.once("dialog", (dialog) => dialog.accept());
  await button.click();
}

test("an account of one's own is connected, and Texting's Send Test SMS leaves by it", async ({ page }) => {
  const { phone } = (await api("GET", "/settings/alert-phones")).hot_lead;
  const { sender } = await api("GET", "/settings/twilio");
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/settings/texting`);
  await isLive(page);
  const card = page.locator("section", { has: page.getByRole("heading", { name: "Twilio" }) });
  const connect = async (from) => {
    await card.getByLabel("Account SID").fill(OWN_ACCOUNT);
    await card.getByLabel("Auth Token").fill(`sandbox-${OWN_ACCOUNT}`);
    await card.getByLabel("Sender").fill(from);
    await card.getByRole("button", { name: "Connect" }).click();
  };
  await card.getByText("Connect an account of your own").click();
  await connect("310 0166");
  await expect(card.getByRole("alert").filter({ hasText: "E.164" })).toBeVisible();
  await connect(OWN_SENDER);
  await expect(card.locator("#twilio")).toContainText("(310) 555-0166");
  await expect(card.locator("#twilio")).not.toContainText(OWN_ACCOUNT);
  await expect(card.getByLabel("Auth Token")).toHaveValue("");

  const tests = async () => (await textsTo(phone)).filter((text) => text.from === OWN_SENDER);
  expect(await tests()).toEqual([]);
  const trial = page.locator("#try");
  await trial.getByRole("button", { name: "Send Test SMS" }).click();
  await expect.poll(async () => (await tests()).length, { timeout: 30_000 }).toBe(1);
  expect((await tests())[0].body).toContain("Glow MedSpa");
  const line = trial.getByRole("listitem").filter({ hasText: "Test SMS · (310) 555-01" });
  await expect(line.first()).toContainText("Arrived", { timeout: 30_000 });
  await connect(sender);
  await expect.poll(async () => (await api("GET", "/settings/twilio")).sender).toBe(sender);
});

test("a recipient of e-mails is added, and Send a test reaches them", async ({ page }) => {
  const address = "rhea.reads@glow.example";
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/settings/email`);
  await isLive(page);
  await page.getByText("Add an address").click();
  await page.getByLabel("E-mail address").fill(address);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const listed = page.locator("#who").getByRole("listitem").filter({ hasText: address });
  await listed.getByText(`Edit ${address}`).click();
  const before = (await mailsTo(address)).length;
  await listed.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText("A test e-mail is on its way.")).toBeVisible();
  await expect.poll(async () => (await mailsTo(address)).length, { timeout: 30_000 }).toBeGreaterThan(before);
  expect((await mailsTo(address)).at(-1).subject).toMatch(/test/i);
});

test("the first run's Test the assistant says what is wrong and what to do", async ({ page }) => {
  await api("PUT", "/settings/voice-platform", { private_key: "sandbox-private-key" }, harbor.api_key);
  await signIn(page, "owner", harbor);
  await page.goto(`${demo.base_url}/dashboard/first-run?step=assistant`);
  await isLive(page);
  await page.getByRole("button", { name: "Test the assistant" }).click();
  const found = page.locator("#found li");
  await expect(found).toHaveCount(1);
  await expect(found).toContainText("the platform has no assistant of that id (404).");
  await expect(found.locator(".badge")).toHaveText("Wrong");
  await expect(found.locator("strong")).toHaveText("Compare the id, and whether the private key is of the same account.");
});

test("words of a text are tried while they are written", async ({ page }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/settings/texts?kind=confirmation`);
  await isLive(page);
  const card = page.locator("#text-en");
  const [area, example, parts] = [card.locator("[data-tries]"), card.locator("[data-example]"), card.locator("[data-segments]")];
  await area.fill("{clinic}: see you {moment}, {first_name}. {questions}");
  await expect(example).toHaveText(/^Glow MedSpa: see you \w+, \w+ \d+ at \d+:\d\d [AP]M, \w+\./);
  await expect(parts).toHaveText("1");
  await expect(card.locator("[data-costly-note]")).toBeHidden();
  await area.fill("{clinic}: see you {moment} 🌷 {first_name}, and bring the form that you were sent, it takes a while. {questions}");
  await expect(card.locator("[data-costly]")).toContainText("🌷");
  await expect(card.locator("[data-costly-note]")).toBeVisible();
  await expect.poll(async () => Number(await parts.textContent())).toBeGreaterThan(1);
  await area.fill("{clinic}: see you {whenever}.");
  await expect(card.locator("[data-flaws] li").filter({ hasText: "{whenever} is no placeholder" })).toBeVisible();
  // Nothing of it was kept.
  await page.reload();
  await expect(area).not.toHaveValue(/whenever/);
});

test("a new secret and a new address are shown once, copied, and let messages in until they are ended", async ({ page, context }) => {
  test.setTimeout(90_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const pasted = () => page.evaluate(() => navigator.clipboard.readText());
  await signIn(page, "owner", harbor);
  await page.goto(`${demo.base_url}/dashboard/settings/assistant`);
  await isLive(page);
  const ends = (list) => page.locator(`${list} li button`).evaluateAll((all) => all.map((one) => one.dataset.api));
  /** Presses a button that shows something once, and copies it; that, and the button that ends it. */
  const make = async (button, shown, list) => {
    const before = await ends(list);
    await page.getByRole("button", { name: button, exact: true }).click();
    const made = await page.locator(`${shown} code`).filter({ hasText: /\S/ }).textContent();
    await page.locator(shown).getByRole("button", { name: "Copy" }).click();
    await expect(page.locator(shown).getByRole("button", { name: "✓" })).toBeVisible();
    await expect.poll(pasted).toBe(made);
    await expect(page.locator(`${list} li`)).toHaveCount(before.length + 1);
    const [end] = (await ends(list)).filter((one) => !before.includes(one));
    return [made, page.locator(`${list} button[data-api="${end}"]`)];
  };
  const [webhook_url, closes] = await make("New address", "#door-url", "#doors");
  const [webhook_secret, endsSecret] = await make("New secret", "#new-secret", "#secrets");
  expect(webhook_url.startsWith(`${demo.base_url}/api/webhooks/vapi/`)).toBe(true);
  await expect(page.locator("#sheet-server")).toContainText(webhook_url);

  const ring = new Caller("+16175550403", { ...harbor, webhook_url, webhook_secret });
  await ring.rings();
  await ring.hangsUp();
  // A page that is opened later does not have them.
  await page.reload();
  await isLive(page);
  await expect(page.locator("#door-url")).toBeHidden();
  expect(await page.content()).not.toContain(webhook_secret);
  expect(await page.content()).not.toContain(webhook_url);

  const status = async (url, secret) => {
    const headers = { "content-type": "application/json", "x-vapi-secret": secret };
    const body = JSON.stringify({ message: { type: "status-update", status: "in-progress", call: ring.call } });
    return (await fetch(url, { method: "POST", headers, body })).status;
  };
  expect(await status(harbor.webhook_url, webhook_secret)).toBe(200);
  await pressSurely(page, endsSecret);
  await expect(endsSecret).toHaveCount(0);
  await expect.poll(() => status(harbor.webhook_url, webhook_secret), { timeout: 30_000 }).toBe(401);
  expect(await status(webhook_url, harbor.webhook_secret)).toBe(200);
  await pressSurely(page, closes);
  await expect(closes).toHaveCount(0);
  await expect.poll(() => status(webhook_url, harbor.webhook_secret), { timeout: 30_000 }).toBe(401);
});

test("the assistant's sheet is copied word for word", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/settings/assistant`);
  await isLive(page);
  for (const part of ["1. Credential", "3. First message", "4. System prompt", "5. Server", "6. Server messages"]) {
    const sheet = page.locator("details", { has: page.locator("summary", { hasText: part }) });
    await sheet.locator("summary").click();
    await sheet.getByRole("button", { name: "Copy" }).click();
    await expect(sheet.getByRole("button", { name: "✓" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText()), part).toBe(await sheet.locator("pre").textContent());
  }
});

test("a key of a program and the address of a feed are made, work, and are ended", async ({ page }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/settings/keys`);
  await isLive(page);
  await page.getByLabel("Name", { exact: true }).fill("Spec of keys");
  await page.getByRole("checkbox", { name: "tasks:read" }).check();
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = await page.locator("#new-key code").filter({ hasText: /\S/ }).textContent();
  await api("GET", "/tasks", undefined, key);
  await pressSurely(page, page.getByRole("button", { name: "Revoke Spec of keys" }));
  await expect(page.locator("#keys")).not.toContainText("Spec of keys");
  const answered = async () => (await fetch(`${demo.base_url}/api/v1/tasks`, { headers: { authorization: `Bearer ${key}` } })).status;
  await expect.poll(answered, { timeout: 30_000 }).toBe(401);

  await page.goto(`${demo.base_url}/dashboard/settings/calendars`);
  await isLive(page);
  const person = page.getByRole("listitem").filter({ hasText: "Sofia Rossi" });
  await pressSurely(page, person.getByRole("button", { name: "New address" }));
  const feed = await page.locator("#feed-url code").filter({ hasText: /\S/ }).textContent();
  expect(await (await fetch(feed)).text()).toContain("BEGIN:VCALENDAR");
  await pressSurely(page, person.getByRole("button", { name: "End" }));
  await expect.poll(async () => (await fetch(feed)).status).toBe(404);
});

test("Connect Google leads to Google and back, and the account is asked again and disconnected", async ({ page, complaints }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/settings/calendars`);
  await isLive(page);
  await page.getByLabel("Google Calendar").selectOption({ label: "Sofia Rossi" });
  await page.getByRole("button", { name: "Connect Google" }).click();
  await expect(page.getByText("Google Calendar is connected. Its busy times are being read.")).toBeVisible();
  await isLive(page);
  const account = page.locator("#accounts > ul > li").filter({ hasText: "Sofia Rossi" });
  await expect(account).toContainText("Works", { timeout: 30_000 });
  await account.getByRole("button", { name: "Ask again" }).click();
  await expect(page.getByText("Asked again")).toBeVisible();
  await pressSurely(page, account.getByRole("button", { name: "Disconnect" }));
  await expect(account).toHaveCount(0);

  await page.getByText("Connect CalDAV").click();
  await page.getByLabel("Address of the server").fill("https://dav.invalid/");
  await page.getByLabel("User name").fill("sofia");
  await page.getByLabel("Password made for this").fill("made for this");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("The calendar server does not answer: compare the url")).toBeVisible({ timeout: 30_000 });
  expect(complaints.splice(0).filter((one) => !one.includes("502"))).toEqual([]);
});

test("an alert phone that was entered is taken back, a private key forgotten, and our words come back", async ({ page }) => {
  await signIn(page, "owner", harbor);
  await page.goto(`${demo.base_url}/dashboard/settings`);
  await isLive(page);
  const card = page.locator("#hot-lead");
  await card.getByLabel("Alert phone").fill("+12125550165");
  await card.getByRole("button", { name: "Save" }).click();
  await card.getByRole("button", { name: "Take it back" }).click();
  await expect(card.locator("#hot-lead-pending")).toHaveCount(0);
  await expect(card.getByText("(212) 555-0177").first()).toBeVisible();

  await page.goto(`${demo.base_url}/dashboard/settings/assistant`);
  await isLive(page);
  const key = page.locator("#platform-key");
  await key.getByLabel("Private key of your account").fill("sandbox-private-key");
  await key.getByRole("button", { name: "Save" }).click();
  await expect(key.locator(".badge")).toHaveText("Given");
  await pressSurely(page, key.getByRole("button", { name: "Forget it" }));
  await expect(key.locator(".badge")).toHaveText("Not given");

  await page.goto(`${demo.base_url}/dashboard/settings/texts?kind=cancellation`);
  await isLive(page);
  const words = page.locator("#text-en");
  const ours = await words.locator("textarea").inputValue();
  await words.locator("textarea").fill("{clinic}: we took {moment} off the calendar for you. {questions}");
  await words.getByRole("button", { name: "Save" }).click();
  await expect(words.locator(".badge")).toHaveText("Your own words");
  await pressSurely(page, words.getByRole("button", { name: "Back to our words" }));
  await expect(words.locator(".badge")).toHaveText("Our words");
  await expect(words.locator("textarea")).toHaveValue(ours);
});
