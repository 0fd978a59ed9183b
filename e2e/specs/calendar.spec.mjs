import { expect } from "@playwright/test";
import { api, book, demo, isLive, signIn } from "../demo.mjs";
import { test } from "../test.mjs";

/** Days of the demo's week that other specs leave alone. */
const DRAGGED = "2026-12-01";
const REFUSED = "2026-12-02";

/** Drags a visit's box by some pixels down, as a hand does: pressed, moved in steps, let go. */
async function dragDown(page, box, pixels) {
  const { x, y, width } = await box.boundingBox();
  await page.mouse.move(x + width / 2, y + 12);
  await page.mouse.down();
  for (let step = 1; step <= 10; step += 1) await page.mouse.move(x + width / 2, y + 12 + (pixels * step) / 10);
  await page.mouse.up();
}

test("a visit is dragged to another time, and whoever comes is told", async ({ page }) => {
  const visit = await book("Botox", "Dr. Maya Chen", DRAGGED, "Dora Dragg", "+13105550181");
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${DRAGGED}`);
  await isLive(page);
  const box = page.locator("#calendar .ec-event", { hasText: "Dora Dragg" });
  await expect(box).toBeVisible();
  const { height } = await box.boundingBox();
  await dragDown(page, box, height * 2);
  await expect.poll(async () => (await api("GET", `/appointments/${visit.id}`)).starts_at).not.toBe(visit.starts_at);
  await expect(page.locator("#refusal")).toBeHidden();
});

test("a drop on another visit goes back, and says why", async ({ page }) => {
  const first = await book("Botox", "Dr. Maya Chen", REFUSED, "Fay First", "+13105550182");
  const second = await book("Botox", "Dr. Maya Chen", REFUSED, "Sol Second", "+13105550183");
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${REFUSED}`);
  const box = page.locator("#calendar .ec-event", { hasText: "Fay First" });
  const other = page.locator("#calendar .ec-event", { hasText: "Sol Second" });
  await expect(box).toBeVisible();
  const [from, to] = [await box.boundingBox(), await other.boundingBox()];
  await dragDown(page, box, to.y - from.y);
  await expect(page.locator("#refusal")).toBeVisible();
  await expect(page.locator("#refusal li").first()).not.toBeEmpty();
  expect((await api("GET", `/appointments/${first.id}`)).starts_at).toBe(first.starts_at);
  await expect.poll(async () => (await box.boundingBox()).y).toBeCloseTo(from.y, -1);
  expect((await api("GET", `/appointments/${second.id}`)).starts_at).toBe(second.starts_at);
});
