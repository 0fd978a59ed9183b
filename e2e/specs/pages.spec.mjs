import { expect } from "@playwright/test";
import { api, book, demo, isLive, PAGES, signIn, talkativeCall, textsTo } from "../demo.mjs";
import { look } from "../look.mjs";
import { test } from "../test.mjs";

function nameOf(address) {
  return address.replace(/^\/dashboard\/?/, "").replace(/[^a-z]+/g, "-").replace(/-$/, "") || "today";
}

/** Pages of a single thing, by what they are called. */
async function single(page, list, name) {
  await page.goto(demo.base_url + list);
  const link = page.locator("main").getByRole("link", { name }).first();
  await expect(link).toBeVisible({ timeout: 30_000 });
  return link.getAttribute("href");
}

/** What is looked at in either theme at either size. */
const MAIN = ["/dashboard", "/dashboard/calendar", "/dashboard/settings"];

async function lookAt(page, addresses, how = {}) {
  for (const [name, address] of addresses) {
    await page.goto(demo.base_url + address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await look(page, name, { fullPage: !address.startsWith("/dashboard/calendar"), inFull: MAIN.includes(address), ...how });
  }
}

/** The demo's day, and one that other specs leave alone. */
const TODAY = "2026-11-24";
const DIALOGS = "2026-12-11";
const [SETTINGS, MENU] = [PAGES.filter((one) => one.includes("/settings")), PAGES.filter((one) => !one.includes("/settings"))];

test.describe("no page has a barrier, each fits, and each has its picture", () => {
  test.describe.configure({ timeout: 240_000 });

  test("what the menu leads to, and single things", async ({ page }) => {
    await talkativeCall("Paula Page", "+13105550186", "2026-12-04");
    await book("Laser Treatment", "Jonah Reed", TODAY, "Wilhelmina Featherstonehaugh", "+13105550407", 12);
    await signIn(page);
    const things = [
      ["call", await single(page, "/dashboard/calls", "Paula Page")],
      ["contact", await single(page, "/dashboard/contacts", "Paula Page")],
      ["thread", await single(page, "/dashboard/messages", "Paula Page")],
    ];
    await lookAt(page, [...MENU.map((one) => [nameOf(one), one]), ...things], { atEdges: true });
  });

  test("settings", async ({ page }) => {
    await signIn(page);
    const words = { en: "Hi {first_name}, thank you from {clinic}. {questions}" };
    const { id } = await api("POST", "/sequences", { name: "Thanks", trigger: "after_visit", active: true, steps: [{ after_days: 1, words }] });
    const things = [
      ["settings-sequence", `/dashboard/settings/sequences/${id}`],
      ["settings-service", await single(page, "/dashboard/settings/services", "Botox")],
      ["settings-practitioner", await single(page, "/dashboard/settings/practitioners", "Dr. Maya Chen")],
    ];
    await lookAt(page, [...SETTINGS.map((one) => [nameOf(one), one]), ...things]);
  });

  test("open dialogs, and an offer that somebody was texted", async ({ page }) => {
    const visit = await book("Botox", "Nora Alvarez", DIALOGS, "Vera Visit", "+13105550194");
    await signIn(page);
    await page.goto(`${demo.base_url}/dashboard/calendar?date=${DIALOGS}`);
    await isLive(page);
    await page.locator(`#calendar [data-event="${visit.id}"]`).click();
    const panel = page.locator("dialog#visit");
    await expect(panel.getByRole("heading", { name: "Vera Visit" })).toBeVisible();
    await panel.locator("summary", { hasText: "Move it" }).click();
    await look(page, "dialog-visit", { fullPage: false });
    await page.keyboard.press("Escape");
    await expect(panel).toBeHidden();
    await page.getByRole("button", { name: "Book a visit" }).click();
    const booking = page.getByRole("dialog", { name: "Book a visit" });
    await booking.getByLabel("Treatment").selectOption({ label: "Botox" });
    await expect(booking.locator("[data-times] button").first()).toBeVisible();
    await look(page, "dialog-book", { fullPage: false });

    const phone = "+13105550197";
    await api("POST", "/waitlist", { service_id: visit.service_id, phone, name: "Wally Wait" });
    await api("POST", `/appointments/${visit.id}/cancel`, {}, demo.api_key, { "if-match": `"${visit.version}"` });
    const link = async () => (await textsTo(phone)).map((text) => text.body.match(/https?:\/\/\S+\/w\/[\w-]+/)?.[0]).find(Boolean);
    await expect.poll(link, { timeout: 30_000 }).toBeTruthy();
    await page.goto(await link());
    await expect(page.getByRole("button").first()).toBeVisible();
    await look(page, "waitlist-offer");
  });

  test("two pages in Spanish", async ({ page }) => {
    await signIn(page, "viewer");
    const speak = (language) =>
      page.evaluate(async (language) => {
        const answer = await fetch("/api/v1/account", { method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify({ language }) });
        return answer.status;
      }, language);
    expect(await speak("es")).toBe(200);
    for (const [name, address, title] of [
      ["spanish-today", "/dashboard", "Hoy"],
      ["spanish-leads", "/dashboard/leads", "Interesados"],
    ]) {
      await page.goto(demo.base_url + address);
      await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
      await look(page, name);
    }
    expect(await speak("en")).toBe(200);
  });

  test("the door, and where there is nothing", async ({ page }) => {
    const dead = "nothing-of-the-kind";
    await lookAt(page, [
      ["sign-in", "/sign-in"],
      ["forgot", "/forgot"],
      ["reset-used", `/reset/${dead}`],
      ["invitation-used", `/invitation/${dead}`],
      ["waitlist-offer-over", `/w/${dead}`],
      ["no-page", "/no/such/page"],
    ]);
    await signIn(page);
    await page.goto(`${demo.base_url}/dashboard/calls/${dead}`);
    await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
    await look(page, "no-such-call");
    await page.getByRole("link", { name: "Back to Today" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
  });
});
