import { expect } from "@playwright/test";
import { demo, isLive, MANAGER_PHONE, signIn, textsTo } from "../demo.mjs";
import { test } from "../test.mjs";

const NEW_PHONE = "+13105550179";

test("Send Test SMS really sends, and the page says how far it came", async ({ page }) => {
  await signIn(page);
  await page.goto(demo.base_url + "/dashboard/settings");
  await isLive(page);
  const before = (await textsTo(MANAGER_PHONE)).length;
  const card = page.locator("#hot-lead");
  await card.getByRole("button", { name: "Send Test SMS" }).click();
  await expect.poll(async () => (await textsTo(MANAGER_PHONE)).length).toBe(before + 1);
  const texts = await textsTo(MANAGER_PHONE);
  expect(texts.at(-1).body).toContain("Glow MedSpa");
  await expect(card.getByText("Test SMS · (310) 555-0177")).toBeVisible();
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
