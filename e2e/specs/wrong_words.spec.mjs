import { expect } from "@playwright/test";
import { api, book, Caller, demo, isLive, signIn, textFrom, textsTo } from "../demo.mjs";
import { made } from "../payloads.mjs";
import { test } from "../test.mjs";

/** W11. What somebody may say, text or enter so that a page does what they want; whatever a page makes of one has the mark. */
const PAYLOADS = [
  `<img data-made src=x onerror=alert(1)>`,
  `"><script data-made>alert(2)</script>`,
  `<svg data-made onload=alert(3)>`,
  `javascript:alert(4)`,
  `" data-made autofocus onfocus="alert(5)" x="`,
  `' data-made onmouseover='alert(6)' x='`,
  `</textarea></title></option><iframe data-made srcdoc="<script>parent.alert(7)</script>">`,
  `<a data-made href="javascript:alert(8)">here</a>`,
  `<details data-made open ontoggle=alert(9)>`,
  `&lt;img data-made src=x onerror=alert(10)&gt;`,
  `{{constructor.constructor('alert(11)')()}}\${alert(11)}`,
  `<form data-made action="//evil.example"><button>ok</button></form>`,
  `<!--><b data-made hx-get="/sign-out" hx-trigger="load">`,
  `</script><style data-made>body{display:none}</style>`,
];
const DAY = "2026-12-10";
const PHONE = "+13105550301";

/** Whatever takes free text has each of them once. What names a person takes none of them. */
async function plant() {
  const visit = await book("Botox", "Dr. Maya Chen", DAY, "Hanna Hostile", PHONE);
  const [{ id: location_id }] = (await api("GET", "/locations")).items;
  for (const [at, words] of PAYLOADS.entries()) {
    const phone = `+131055503${String(at + 10)}`;
    await expect(api("PATCH", `/contacts/${visit.contact_id}`, { name: words }), words).rejects.toThrow(/invalid_field/);
    await api("POST", "/tasks", { title: words, note: words, contact_id: visit.contact_id });
    await api("POST", "/consents", { phone: PHONE, purpose: "marketing", given: at % 2 === 0, source: "staff", note: words });
    if (at < 4) {
      await api("POST", "/resources", { name: words, kind: "room", location_id });
      await api("POST", "/practitioners", { name: words, location_id });
      await api("POST", "/alert-recipients", { name: words, phone });
      await api("POST", "/services", { name: words.slice(0, 60) });
    }
  }
  const openings = await api("GET", `/openings?service_id=${visit.service_id}&practitioner_id=${visit.practitioner_id}&from=${DAY}&to=${DAY}`);
  const wish = { service_id: visit.service_id, practitioner_id: visit.practitioner_id, name: "Hanna Hostile", phone: PHONE };
  return api("POST", "/appointments", { ...wish, starts_at: openings.items.at(-1).starts_at, notes: PAYLOADS.join(" ").slice(0, 500) });
}

/** Somebody who says all of it on the phone, gives it as their name, and texts it. */
async function speak() {
  const caller = new Caller(PHONE);
  await caller.rings();
  for (const words of PAYLOADS) await caller.says(words);
  await caller.hears(PAYLOADS[0]);
  await caller.asks("check_availability", { service: PAYLOADS[0], date: DAY, [PAYLOADS[4]]: PAYLOADS[1] });
  await caller.asks("book_appointment", { service: "Botox", date: DAY, time: "15:00", name: PAYLOADS[1] });
  await caller.hangsUp(PAYLOADS.join(" "));
  await expect.poll(async () => (await textsTo(PHONE)).length, { timeout: 30_000 }).toBeGreaterThan(0);
  for (const words of PAYLOADS) await textFrom(PHONE, words);
}

test("whatever people say, text and enter is text on every page", async ({ page }) => {
  test.setTimeout(240_000);
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    dialog.dismiss();
  });
  const visit = await plant();
  await speak();
  await signIn(page);
  const calls = (await api("GET", "/calls?limit=50")).items.filter(({ caller }) => caller.phone === PHONE);
  /** What stands on the page, and on whatever it opens. */
  const isClean = async (what) => {
    expect(await made(page), what).toEqual([]);
    expect(asked, what).toEqual([]);
  };
  const search = `/dashboard/search?q=${encodeURIComponent(PAYLOADS[0])}`;
  for (const address of [
    "/dashboard",
    "/dashboard/calls",
    `/dashboard/calls/${calls[0].id}`,
    "/dashboard/leads",
    "/dashboard/contacts",
    `/dashboard/contacts/${visit.contact_id}`,
    "/dashboard/messages",
    `/dashboard/messages/${visit.contact_id}`,
    "/dashboard/tasks",
    "/dashboard/notifications",
    "/dashboard/analytics",
    "/dashboard/settings/alerts",
    "/dashboard/settings/services",
    "/dashboard/settings/practitioners",
    "/dashboard/settings/resources",
    "/dashboard/audit",
    search,
    "/dashboard/search?q=alert",
  ]) {
    await page.goto(demo.base_url + address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await isClean(address);
  }
  // They are there: nothing was cleaned away so that there is nothing to see.
  await page.goto(`${demo.base_url}/dashboard/calls/${calls[0].id}`);
  await expect(page.locator("#transcript")).toContainText(PAYLOADS[1]);
  await expect(page.locator("#tools")).toContainText("check_availability");

  await page.goto(`${demo.base_url}/dashboard/tasks`);
  await isLive(page);
  await expect(page.locator("main")).toContainText(PAYLOADS[0]);
  await page.getByRole("searchbox").first().fill("alert(");
  await expect(page.locator(".suggestions")).not.toBeEmpty();
  await isClean("suggestions");
  await page.getByRole("searchbox").first().fill(PAYLOADS[1]);
  await isClean("suggestions of a payload");

  for (const by of ["practitioner", "room"]) {
    await page.goto(`${demo.base_url}/dashboard/calendar?date=${DAY}&by=${by}`);
    const box = page.locator(`#calendar [data-event="${visit.id}"]`);
    await expect(box).toBeVisible();
    await isClean(`calendar by ${by}`);
    if (by === "room") continue;
    await box.click();
    const panel = page.locator("dialog#visit");
    await expect(panel).toContainText(PAYLOADS[0]);
    await isClean("the panel of a visit");
    await page.keyboard.press("Escape");
    await expect(panel).toBeHidden();
    await page.getByRole("button", { name: "Book a visit" }).click();
    const booking = page.getByRole("dialog", { name: "Book a visit" });
    await booking.getByLabel("Name").fill(PAYLOADS[0]);
    await booking.getByLabel("Phone").fill("+13105550399");
    await booking.getByLabel("Notes").fill(PAYLOADS[1]);
    await isClean("booking");
    await booking.locator("[data-times] button").first().click();
    await page.keyboard.press("Enter");
    await booking.getByRole("button", { name: "Book", exact: true }).click();
    await expect(booking.locator(".wrong, [data-refusal]").filter({ hasText: /\S/ }).first()).toBeVisible();
    await isClean("a booking that is refused");
  }
});
