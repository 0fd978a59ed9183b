import { expect } from "@playwright/test";
import { api, book, demo, isLive, signIn } from "../demo.mjs";
import { test } from "../test.mjs";

/** Days of the demo's week that other specs leave alone. */
const DRAGGED = "2026-12-01";
const REFUSED = "2026-12-02";
const CHANGED = "2026-12-09";

/** Drags as a hand does: pressed, moved in steps, let go. */
async function drag(page, [x, y], [right, down]) {
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 10; step += 1) await page.mouse.move(x + (right * step) / 10, y + (down * step) / 10);
  await page.mouse.up();
}

/** Drags a visit's box by some pixels down. */
async function dragDown(page, box, pixels) {
  const { x, y, width } = await box.boundingBox();
  await drag(page, [x + width / 2, y + 12], [0, pixels]);
}

/** Where a box lies, which is drawn anew now and then. */
async function lies(box) {
  let at;
  await expect.poll(async () => (at = await box.boundingBox())).not.toBeNull();
  return at;
}

/** Does what makes something so; again, should the grid have been drawn anew under the hand. */
async function until(what, wanted, makesSo) {
  await expect(async () => {
    if ((await what()) === wanted) return;
    await makesSo();
    await expect.poll(what, { timeout: 5_000 }).toBe(wanted);
  }).toPass({ timeout: 30_000 });
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

test("a visit is made longer, goes to another room, and a click in a free place books there", async ({ page }) => {
  const visit = await book("Botox", "Dr. Maya Chen", CHANGED, "Lola Long", "+13105550193");
  const now = () => api("GET", `/appointments/${visit.id}`);
  const length = ({ starts_at, ends_at }) => (Date.parse(ends_at) - Date.parse(starts_at)) / 60_000;
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${CHANGED}&by=room`);
  await isLive(page);
  const box = page.locator("#calendar .ec-event", { hasText: "Lola Long" });
  await expect(box).toBeVisible();

  // Its lower edge, half an hour down: two lines of the grid.
  const was = await box.boundingBox();
  const minutes = length(await now());
  await until(async () => length(await now()), minutes + 30, () =>
    drag(page, [was.x + was.width / 2, was.y + was.height - 2], [0, (was.height / minutes) * 30]),
  );
  await expect(page.locator("#refusal")).toBeHidden();
  await expect.poll(async () => (await lies(box)).height).toBeGreaterThan(was.height * 1.5);

  // Sideways into the column of a room that is free.
  const room = () =>
    page.evaluate(async (id) => {
      const { from, to, by, location } = document.getElementById("calendar").dataset;
      const { visits, columns } = await (await fetch(`/dashboard/calendar/events?${new URLSearchParams({ from, to, by, location })}`)).json();
      const [column] = visits.find((one) => one.id === id).columns;
      return columns.find((one) => one.id === column).title;
    }, visit.id);
  const before = await room();
  const to = before === "Treatment Room 2" ? "Treatment Room 1" : "Treatment Room 2";
  const column = await page.locator("#calendar .ec-col-head", { hasText: to }).first().boundingBox();
  const from = await lies(box);
  await until(room, to, () => drag(page, [from.x + from.width / 2, from.y + 12], [column.x + column.width / 2 - from.x - from.width / 2, 0]));
  expect((await now()).starts_at).toBe(visit.starts_at);
  await expect(page.locator("#refusal")).toBeHidden();

  // The place that it left: the same time in the room where it was.
  await expect.poll(async () => Math.abs((await lies(box)).x - from.x)).toBeGreaterThan(20);
  await page.mouse.click(from.x + from.width / 2, from.y + from.height / 4);
  const booking = page.getByRole("dialog", { name: "Book a visit" });
  await expect(booking).toBeVisible();
  await expect(booking.getByLabel("Day", { exact: true })).toHaveValue(CHANGED);
  expect(await booking.getByLabel("Time", { exact: true }).inputValue()).toMatch(/^\d\d:(00|15|30|45)$/);
  await expect(booking.getByLabel("Room or device").locator("option:checked")).toHaveText(before);
});
