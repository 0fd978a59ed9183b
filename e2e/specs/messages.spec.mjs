import { expect } from "@playwright/test";
import { book, demo, isLive, signIn, textFrom, textsTo } from "../demo.mjs";
import { test } from "../test.mjs";

for (const [device, width, phone] of [
  ["desk", 1280, "+13105550184"],
  ["phone", 375, "+13105550185"],
]) {
  test.describe(device, () => {
    test.use({ viewport: { width, height: 760 } });

    test("a text arrives in the open thread, is answered, and the answer leaves", async ({ page }) => {
      const name = `Theo ${device}`;
      await book("Botox", "Dr. Maya Chen", "2026-12-03", name, phone);
      await expect.poll(async () => (await textsTo(phone)).length, { timeout: 30_000 }).toBeGreaterThan(0);
      await signIn(page, "front_desk");
      await page.goto(`${demo.base_url}/dashboard/messages`);
      await page.getByRole("link", { name }).click();
      await expect(page.getByRole("heading", { level: 2, name })).toBeVisible();
      await isLive(page);
      await page.evaluate(() => (window.sameDocument = true));

      const thread = page.getByRole("log");
      await textFrom(phone, "Is there a place to park behind the house?");
      await expect(thread.getByText("Is there a place to park")).toBeInViewport();
      const handled = page.getByRole("button", { name: "Mark as handled" });
      await expect(handled).toBeVisible();

      const box = page.getByLabel("Your text");
      const answer = "There is, two places left of the door. See you soon!";
      await box.fill(answer);
      await expect(page.locator("#segments")).toContainText("1 text");
      await box.press("Enter");
      await expect(thread.getByText(answer)).toBeInViewport();
      await expect(box).toHaveValue("");
      await expect.poll(async () => (await textsTo(phone)).map((text) => text.body)).toContainEqual(expect.stringContaining(answer));
      await expect(thread.locator("p", { hasText: answer })).toContainText("Delivered", { timeout: 20_000 });
      await expect(handled).toBeHidden();
      expect(await page.evaluate(() => window.sameDocument)).toBe(true);
    });
  });
}
