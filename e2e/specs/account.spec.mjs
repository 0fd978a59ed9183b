import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { codeOf, demo, invite, isAtToday, join, linkTo, PASSWORD, signOut } from "../demo.mjs";
import { look } from "../look.mjs";
import { test } from "../test.mjs";

/** As far as the second step. */
async function givePassword(page, email) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Second step" })).toBeVisible();
}

async function giveCode(page, code) {
  await page.getByLabel("Code of your authenticator app").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

for (const [device, width] of [["desk", 1280], ["phone", 375]]) {
  test.describe(device, () => {
    test.use({ viewport: { width, height: 760 } });

    test("whoever has a second factor signs in with a code, and with a recovery code once", async ({ page, context }) => {
      test.setTimeout(90_000);
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const email = `tia.${device}@glow.example`;
      await join(page, await invite(email, "front_desk"), "Tia Totp");
      await page.goto(`${demo.base_url}/dashboard/account`);
      const card = page.locator("#second-factor");
      await card.getByLabel("Password").fill(PASSWORD);
      await card.getByRole("button", { name: "Set up" }).click();
      const picture = card.getByAltText("QR code for your authenticator app");
      await expect(picture).toBeVisible();
      expect(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth))).toBeGreaterThan(0);
      const secret = await card.locator("[data-secret]").textContent();
      if (device === "desk") await look(page, "account-second-factor");
      await card.getByLabel("Code that the app shows").fill(codeOf(secret, 90));
      await card.getByRole("button", { name: "Switch on" }).click();
      await expect(card.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
      await card.getByLabel("Code that the app shows").fill(codeOf(secret));
      await card.getByRole("button", { name: "Switch on" }).click();
      await expect(card.locator("[data-codes] li")).toHaveCount(10);
      const recovery = await card.locator("[data-codes] li").allTextContents();
      if (device === "desk") await look(page, "account-recovery-codes");
      // Whoever listens is told; with the keyboard alone they are copied, and kept as a file.
      await expect(card.getByText("Keep these recovery codes")).toBeFocused();
      await page.keyboard.press("Tab");
      await expect(card.getByRole("button", { name: "Copy" })).toBeFocused();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(recovery.join("\n") + "\n");
      await page.keyboard.press("Tab");
      const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
      expect(download.suggestedFilename()).toBe("voxanne-recovery-codes.txt");
      expect(await readFile(await download.path(), "utf8")).toBe(recovery.join("\n") + "\n");
      await card.getByRole("link", { name: "I have kept them" }).click();
      await expect(card.getByText("Recovery codes left: 10.")).toBeVisible();

      await signOut(page);
      await givePassword(page, email);
      if (device === "desk") await look(page, "sign-in-second-step");
      await giveCode(page, codeOf(secret, 90));
      await expect(page.getByRole("alert")).toContainText("That is not right");
      // The app's next code: the one that switched it on has been used.
      await giveCode(page, codeOf(secret, 1));
      await isAtToday(page);

      await signOut(page);
      await givePassword(page, email);
      await giveCode(page, recovery[0]);
      await isAtToday(page);
      await signOut(page);
      await givePassword(page, email);
      await giveCode(page, recovery[0]);
      await expect(page.getByRole("alert")).toContainText("That is not right");
      await giveCode(page, recovery[1]);
      await isAtToday(page);
    });
  });
}

test("a forgotten password is replaced by the link that is mailed, once", async ({ page }) => {
  const email = "fred.forgot@glow.example";
  await join(page, await invite(email, "viewer"), "Fred Forgot");
  await signOut(page);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByRole("status")).toContainText("a mail with a link is on its way");
  const link = await linkTo(email, "reset");
  await page.goto(link);
  await look(page, "reset");
  await page.getByLabel("New password").fill(`${PASSWORD} anew`);
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByRole("status")).toContainText("Your password is set");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("That is not right");
  await page.getByLabel("Password", { exact: true }).fill(`${PASSWORD} anew`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await isAtToday(page);
  await page.goto(link);
  await expect(page.getByRole("status")).toContainText("does not work any more");
});
