import { expect } from "@playwright/test";
import { api, book, demo, isLive, signIn } from "../demo.mjs";
import { test } from "../test.mjs";

/** A day of the demo that other specs leave alone. */
const DAY = "2026-12-07";

/** Goes on with Tab until something has the focus. */
async function tabTo(page, target, most = 80) {
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} is not within ${most} presses of Tab`);
}

/** Whether what has the focus shows it, by itself or by what it draws around its box. */
function showsFocus(page) {
  return page.evaluate(() => {
    const at = document.activeElement;
    // Within a date it is the browser that shows which part has it.
    if (at.matches("input[type=date], input[type=time]")) return true;
    const rings = [getComputedStyle(at), getComputedStyle(at, "::after")];
    return rings.some((style) => style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1);
  });
}

test("the first Tab leads past the menu, and whatever has the focus shows it", async ({ page }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/tasks`);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "New task" })).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox").first()).toBeFocused();
  for (const address of ["/dashboard", "/dashboard/settings", "/dashboard/analytics"]) {
    await page.goto(demo.base_url + address);
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press("Tab");
      const has = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120));
      // Past the last element the browser itself has the focus.
      if (has.startsWith("<body")) break;
      expect(await showsFocus(page), `${address}: ${has}`).toBe(true);
    }
  }
});

test("a dialog is opened by Enter, closed by Escape, and gives the focus back", async ({ page }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/tasks`);
  const opens = page.getByRole("button", { name: "New task" });
  await opens.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opens).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByLabel("What is to be done").fill("Order towels");
  await page.keyboard.press("Enter");
  await expect(page.locator("#tasks").getByText("Order towels")).toBeVisible();
});

test("the menu of a phone is opened and closed by keys", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 760 });
  await signIn(page);
  const more = page.getByRole("button", { name: "More" });
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".side")).toBeVisible();
  await expect(more).toHaveAttribute("aria-expanded", "true");
  // What happens meanwhile fetches the bar anew.
  await page.evaluate(() => (document.querySelector("[data-menu]").title = "as it was"));
  await page.evaluate(() => document.dispatchEvent(new CustomEvent("live:now")));
  await expect(more).not.toHaveAttribute("title");
  await expect(more).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Escape");
  await expect(page.locator(".side")).toBeHidden();
  await expect(more).toHaveAttribute("aria-expanded", "false");
  await expect(more).toBeFocused();
});

test("the calendar is used by keyboard alone: a visit is opened, moved, and another is booked", async ({ page }) => {
  const visit = await book("Botox", "Dr. Maya Chen", DAY, "Kay Board", "+13105550187");
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${DAY}`);
  await isLive(page);
  const box = page.locator(`#calendar [data-event="${visit.id}"]`);
  await expect(box).toBeVisible();
  await tabTo(page, box);
  expect(await showsFocus(page)).toBe(true);
  await page.keyboard.press("Enter");
  const panel = page.locator("dialog#visit");
  await expect(panel.getByRole("heading", { name: "Kay Board" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(box).toBeFocused();

  await page.keyboard.press("Enter");
  await tabTo(page, panel.locator("summary", { hasText: "Move it" }));
  await page.keyboard.press("Enter");
  await panel.getByLabel("Time", { exact: true }).fill("15:00");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await api("GET", `/appointments/${visit.id}`)).local_starts_at).toContain("T15:00");
  await expect(panel).toBeHidden();

  await page.getByRole("button", { name: "Book a visit" }).focus();
  await page.keyboard.press("Enter");
  const booking = page.getByRole("dialog", { name: "Book a visit" });
  await booking.getByLabel("Treatment").selectOption({ label: "Botox" });
  const time = booking.locator("[data-times] button").first();
  await expect(time).toBeVisible();
  await time.focus();
  await page.keyboard.press("Enter");
  await booking.getByLabel("Name").fill("Bo Keys");
  await booking.getByLabel("Phone").fill("+13105550188");
  await page.keyboard.press("Enter");
  await expect(booking).toBeHidden();
  await expect(page.locator("#calendar .ec-event", { hasText: "Bo Keys" })).toBeVisible();
});
