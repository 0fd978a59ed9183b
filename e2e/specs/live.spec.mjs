import { expect } from "@playwright/test";
import { Caller, isLive, MANAGER_PHONE, signIn, textsTo } from "../demo.mjs";
import { test } from "../test.mjs";

test("a call arrives, is read while it runs, and its alert is taken, without a reload", async ({ page }) => {
  await signIn(page);
  await isLive(page);
  await page.evaluate(() => (window.sameDocument = true));
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
  await expect(running.getByText("(310) 555-0171")).toBeHidden();
  await expect.poll(async () => (await textsTo(MANAGER_PHONE)).some((text) => text.body.includes("3105550171"))).toBe(true);
  await alert.getByRole("button", { name: "I take it" }).click();
  await expect(alert).toBeHidden();
  expect(await page.evaluate(() => window.sameDocument)).toBe(true);
});

test("what happened while the connection was away is there when it is back", async ({ page, context }) => {
  await signIn(page);
  await isLive(page);
  await context.setOffline(true);
  const ring = new Caller("+13105550172");
  await ring.rings();
  await context.setOffline(false);
  await expect(page.locator("#running").getByText("(310) 555-0172")).toBeVisible({ timeout: 30_000 });
  await ring.hangsUp();
});
