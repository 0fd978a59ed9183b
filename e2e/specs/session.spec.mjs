import { expect } from "@playwright/test";
import { demo, signIn } from "../demo.mjs";
import { look } from "../look.mjs";
import { test } from "../test.mjs";

/** The page looks now, and not minutes later, how long it has. */
const looksNow = (page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

/** What the server says to that, until told otherwise. */
const saysLeft = (page, left) =>
  page.route("**/dashboard/session", (route) => (route.request().method() === "GET" ? route.fulfill({ json: left }) : route.continue()));

test("whoever leaves a page alone is asked a minute before, and stays by a key", async ({ page }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/tasks`);
  await looksNow(page);
  const asks = page.getByRole("alertdialog", { name: "Are you still there?" });
  await expect(asks).toBeHidden();
  await saysLeft(page, { seconds: 58, canStay: true });
  await looksNow(page);
  await expect(asks).toBeVisible();
  await expect(asks).toHaveAccessibleDescription("You will be signed out in 1 minute.");
  await expect(asks.getByRole("button", { name: "Stay signed in" })).toBeFocused();
  await look(page, "session-ends");
  const stays = page.waitForResponse((answer) => answer.url().endsWith("/dashboard/session") && answer.request().method() === "POST");
  await page.keyboard.press("Enter");
  expect((await (await stays).json()).canStay).toBe(true);
  await expect(asks).toBeHidden();
});

test("at the end of the working day staying is not offered", async ({ page }) => {
  await signIn(page);
  await saysLeft(page, { seconds: 40, canStay: false });
  await looksNow(page);
  const asks = page.getByRole("alertdialog", { name: "Are you still there?" });
  await expect(asks).toContainText(/signed out in \d+ seconds/);
  await expect(asks.getByRole("button", { name: "Stay signed in" })).toBeHidden();
  await asks.getByRole("button", { name: "Understood" }).click();
  await expect(asks).toBeHidden();
  await looksNow(page);
  await expect(asks).toBeHidden();
});

test("whose session has ended signs in and is where they were", async ({ page }) => {
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calls?q=`);
  await page.context().clearCookies();
  await looksNow(page);
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fdashboard%2Fcalls%3Fq%3D$/);
  const staff = demo.sign_ins.find((one) => one.role === "owner" && one.org_id === demo.org_id);
  await page.getByLabel("E-mail").fill(staff.email);
  await page.getByLabel("Password", { exact: true }).fill(staff.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${demo.base_url}/dashboard/calls?q=`);
});
