import { expect } from "@playwright/test";
import { demo, enter, isAtToday, newClinic, setUpSecondFactor } from "../demo.mjs";
import { look } from "../look.mjs";
import { test } from "../test.mjs";

/** Where a page says what to do before there is anything. */
const EMPTY = {
  "/dashboard": ["Nobody is on the phone", "A call appears here the moment it rings."],
  "/dashboard/calls": ["No calls yet", "What callers wanted and what came of it stands here after each call."],
  "/dashboard/calendar": ["No visits", "What is booked, by phone or here, stands in this list."],
  "/dashboard/leads": ["No calls yet", "Every finished call is scored; what the caller wants and how soon stands here."],
  "/dashboard/contacts": ["Nobody yet", "Whoever books, by voice or with you, is listed here."],
  "/dashboard/messages": ["No texts yet", "Confirmations, reminders and what people text back stand here."],
  "/dashboard/tasks": ["Nothing to do", "What the assistant could not finish comes here."],
  "/dashboard/notifications": ["Nothing new", "Bookings, hot leads and whatever goes wrong are told here the moment they happen."],
  "/dashboard/analytics": ["No calls in these days", "Choose other days, or call the clinic's number from a phone that is not the clinic's own"],
};

test("a new clinic is led from its invitation to a calendar that callers can book", async ({ page }) => {
  test.setTimeout(180_000);
  const { link } = await newClinic("Lumen Skin", "lena@lumen.example");
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1, name: "Join Lumen Skin" })).toBeVisible();
  await look(page, "invitation");
  await enter(page, link, "Lena Lum");
  await expect(page.getByText("Your clinic wants a second step when signing in.")).toBeVisible();
  await page.waitForLoadState();
  // No link leads only back to here.
  await expect(page.getByRole("link").filter({ hasNotText: "Skip to the page" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await look(page, "account-second-factor-wanted");
  await setUpSecondFactor(page);
  await page.getByRole("link", { name: "I have kept them" }).click();
  await isAtToday(page);
  await expect(page.getByText("Finish setting up")).toBeVisible();
  await page.getByRole("link", { name: "Go on" }).click();

  const step = (name) => page.getByRole("heading", { level: 2, name, exact: true });
  const listed = (name) => page.getByRole("navigation", { name: "Steps" }).getByRole("listitem").filter({ hasText: name });
  await expect(step("Your clinic")).toBeVisible();
  await look(page, "first-run-clinic");
  await page.getByLabel("Street address").fill("14 Pearl Street, Boulder");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(step("Opening hours")).toBeVisible();
  await look(page, "first-run-hours");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(step("Services")).toBeVisible();
  await look(page, "first-run-services");
  await page.getByRole("listitem").filter({ hasText: "Botox" }).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Add what is ticked" }).click();
  await expect(step("Practitioners")).toBeVisible();
  await page.getByLabel("Name, as callers know them").fill("Dr. Lena Lum");
  await page.getByRole("checkbox", { name: "Botox" }).check();
  await look(page, "first-run-practitioners");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(listed("Practitioners")).toContainText("Done");
  await page.getByRole("link", { name: "Next step" }).click();

  await expect(step("Assistant")).toBeVisible();
  await look(page, "first-run-assistant");
  await page.getByRole("button", { name: "Skip this step" }).click();
  await expect(listed("Assistant")).toContainText("Skipped");
  await page.reload();
  await expect(listed("Your clinic")).toContainText("Done");
  await expect(listed("Assistant")).toContainText("Skipped");
  for (const name of ["Phone number", "Alert phone", "Calendar"]) {
    await expect(step(name)).toBeVisible();
    await look(page, `first-run-${name.toLowerCase().replace(" ", "-")}`);
    await page.getByRole("button", { name: "Skip this step" }).click();
  }
  await expect(page.getByText("You are set up")).toBeVisible();
  await look(page, "first-run-end");
  await page.locator("main").getByRole("link", { name: "Today" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
  await expect(page.getByText("Finish setting up")).toBeHidden();
  for (const [address, [title, hint]] of Object.entries(EMPTY)) {
    await page.goto(demo.base_url + address);
    const empty = page.locator("main .empty").filter({ has: page.locator("strong", { hasText: title }) });
    await expect(empty.locator("p")).toContainText(hint);
    await look(page, `empty-${address.split("/").at(-1)}`, { fullPage: !address.endsWith("/calendar") });
  }
});
