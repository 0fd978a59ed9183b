import { expect } from "@playwright/test";
import { api, book, demo, isLive, signIn, textsTo } from "../demo.mjs";
import { test } from "../test.mjs";

/** Days of the demo's week that other specs leave alone. */
const DRAGGED = "2026-12-01";
const REFUSED = "2026-12-02";
const CHANGED = "2026-12-09";
const [IN_WEEK, DAY_AFTER] = ["2026-12-15", "2026-12-16"];
const ON_PHONE = "2026-12-17";
const [WHOLE_WEEK, DAY_AFTER_IT] = ["2026-12-22", "2026-12-23"];

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

/** So many minutes after a wall time: its date and what a clock there shows. */
function wallAfter(local, minutes) {
  const at = new Date(Date.parse(`${local.slice(0, 16)}Z`) + minutes * 60_000);
  const say = (parts) => new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...parts }).format(at);
  return {
    local: at.toISOString().slice(0, 16),
    day: say({ weekday: "long", month: "long", day: "numeric" }),
    clock: say({ hour: "numeric", minute: "2-digit" }),
  };
}

test("a visit is dragged to another time, and whoever comes is told", async ({ page }) => {
  const visit = await book("Botox", "Dr. Maya Chen", DRAGGED, "Dora Dragg", "+13105550181");
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${DRAGGED}`);
  await isLive(page);
  const box = page.locator("#calendar .ec-event", { hasText: "Dora Dragg" });
  await expect(box).toBeVisible();
  const { height } = await box.boundingBox();
  // As far down as it is long, twice.
  const minutes = (Date.parse(visit.ends_at) - Date.parse(visit.starts_at)) / 60_000;
  const to = wallAfter(visit.local_starts_at, minutes * 2);
  await dragDown(page, box, height * 2);
  await expect.poll(async () => (await api("GET", `/appointments/${visit.id}`)).local_starts_at.slice(0, 16)).toBe(to.local);
  await expect(page.locator("#refusal")).toBeHidden();
  await expect(box).toContainText(to.clock);
  const moved = () => textsTo("+13105550181").then((texts) => texts.map((text) => text.body).filter((body) => body.includes("moved")));
  await expect.poll(async () => (await moved()).length, { timeout: 30_000 }).toBe(1);
  expect((await moved())[0]).toContain(`Glow MedSpa: your appointment has been moved to ${to.day} at ${to.clock}.`);
});

test("a drop on another visit goes back, says why, and one of the other times takes it", async ({ page }) => {
  const first = await book("Botox", "Dr. Maya Chen", REFUSED, "Fay First", "+13105550182");
  const second = await book("Botox", "Dr. Maya Chen", REFUSED, "Sol Second", "+13105550183");
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${REFUSED}`);
  const box = page.locator("#calendar .ec-event", { hasText: "Fay First" });
  const taken = page.locator("#calendar .ec-event", { hasText: "Sol Second" });
  await expect(box).toBeVisible();
  const [from, to] = [await box.boundingBox(), await taken.boundingBox()];
  await dragDown(page, box, to.y - from.y);
  await expect(page.locator("#refusal")).toBeVisible();
  await expect(page.locator("[data-refusal-title]")).toHaveText("The visit of Fay First stays where it was.");
  await expect(page.locator("[data-refusal-why] li").filter({ hasText: /^Dr\. Maya Chen is booked until \d+:\d\d/ })).toBeVisible();
  expect((await api("GET", `/appointments/${first.id}`)).starts_at).toBe(first.starts_at);
  await expect.poll(async () => (await box.boundingBox()).y).toBeCloseTo(from.y, -1);
  expect((await api("GET", `/appointments/${second.id}`)).starts_at).toBe(second.starts_at);

  const others = page.locator("[data-refusal-others]").getByRole("button").filter({ hasText: "Dr. Maya Chen" });
  await expect(others.filter({ hasText: ` · ${wallAfter(first.local_starts_at, 0).clock} · ` }), "its own time is no other").toHaveCount(0);
  const other = others.first();
  const [, clock] = (await other.textContent()).match(/ · (\d+:\d\d [AP]M) · /);
  await other.click();
  await expect(page.locator("#refusal")).toBeHidden();
  await expect(box).toContainText(`${clock} –`);
  const now = await api("GET", `/appointments/${first.id}`);
  expect(now.starts_at).not.toBe(first.starts_at);
  expect(wallAfter(now.local_starts_at, 0).clock).toBe(clock);
  expect(now.practitioner_id).toBe(first.practitioner_id);
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

/** Where the column of a day is, of those under which its visits stand. */
function column(page, day) {
  return page.locator("#calendar .ec-col-group, #calendar .ec-col-head").filter({ has: page.locator(`time[datetime="${day}"]`) }).first();
}

for (const { by, service, who, person, phone } of [
  { by: "practitioner", service: "Botox", who: "Dr. Maya Chen", person: "Wanda Week", phone: "+13105550404" },
  { by: "device", service: "Laser Treatment", who: "Jonah Reed", person: "Della Device", phone: "+13105550405" },
]) {
  test(`in a week by ${by} a visit stands under its day, and is dragged to the next`, async ({ page }) => {
    const visit = await book(service, who, IN_WEEK, person, phone);
    const now = () => api("GET", `/appointments/${visit.id}`);
    await signIn(page);
    // Of the practitioners one: beside the others' columns the next day is out of sight.
    const only = by === "practitioner" ? `&who=${visit.practitioner_id}` : "";
    await page.goto(`${demo.base_url}/dashboard/calendar?date=${IN_WEEK}&view=week&by=${by}${only}`);
    await isLive(page);
    const box = page.locator("#calendar .ec-event", { hasText: person });
    await expect(box).toBeVisible();
    const [under, beside] = [await column(page, IN_WEEK).boundingBox(), await column(page, DAY_AFTER).boundingBox()];
    const isUnder = async (head) => {
      const at = await lies(box);
      const middle = at.x + at.width / 2;
      return middle > head.x && middle < head.x + head.width;
    };
    expect(await isUnder(under)).toBe(true);
    expect(await isUnder(beside)).toBe(false);

    await until(async () => (await now()).local_starts_at.slice(0, 10), DAY_AFTER, async () => {
      const from = await lies(box);
      await drag(page, [from.x + from.width / 2, from.y + 12], [beside.x - under.x, 0]);
    });
    expect((await now()).local_starts_at.slice(10, 16)).toBe(visit.local_starts_at.slice(10, 16));
    expect((await now()).practitioner_id).toBe(visit.practitioner_id);
    await expect(page.locator("#refusal")).toBeHidden();
    await expect.poll(() => isUnder(beside)).toBe(true);
  });
}

test("a week of everybody is as wide as the screen, each visit says whose it is, and is dragged to another day", async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  const visit = await book("Botox", "Dr. Maya Chen", WHOLE_WEEK, "Evi Everybody", "+13105550409");
  const now = () => api("GET", `/appointments/${visit.id}`);
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${WHOLE_WEEK}&view=week`);
  await isLive(page);
  const box = page.locator("#calendar .ec-event", { hasText: "Evi Everybody" });
  await expect(box).toContainText(/\bMC \d+:\d\d [AP]M/);
  const beyond = await page.locator("#calendar .ec-main").evaluate((grid) => grid.scrollWidth - grid.clientWidth);
  expect(beyond).toBe(0);
  const [under, beside] = [await column(page, WHOLE_WEEK).boundingBox(), await column(page, DAY_AFTER_IT).boundingBox()];
  await until(async () => (await now()).local_starts_at.slice(0, 10), DAY_AFTER_IT, async () => {
    const from = await lies(box);
    await drag(page, [from.x + from.width / 2, from.y + 12], [beside.x - under.x, 0]);
  });
  expect((await now()).practitioner_id).toBe(visit.practitioner_id);
});

test("a week is shaded when nobody is there, and a day says who is off on it, as the column of one alone does", async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await signIn(page, "owner", demo.juniper);
  const { items: sites } = await api("GET", "/locations", undefined, demo.juniper.api_key);
  const { items: people } = await api("GET", "/practitioners?limit=100", undefined, demo.juniper.api_key);
  const site = sites.find(({ name }) => name.endsWith("Phoenix"));
  const week = `${demo.base_url}/dashboard/calendar?date=2026-11-26&view=week&location=${site.id}`;
  const shaded = (words) => page.locator("#calendar .ec-bg-event.is-closed", { hasText: words }).first();
  await page.goto(week);
  const off = column(page, "2026-11-26").locator(".off");
  await expect(off).toHaveText("Away: AD, LO");
  await expect(off).toHaveAttribute("title", "Dr. Amara Diallo, Lena Ortiz");
  // On Sunday nobody is, and no day says so of everybody.
  await expect(shaded("Closed")).toBeVisible();
  await expect(column(page, "2026-11-29").locator(".off")).toHaveCount(0);
  await page.goto(`${week}&who=${people.find(({ name }) => name === "Lena Ortiz").id}`);
  await expect(shaded("Not working")).toBeVisible();
  await expect(page.locator("#calendar .off")).toHaveCount(0);
});

test("on a phone a week says of each column which day it is", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 760 });
  await book("Botox", "Dr. Maya Chen", ON_PHONE, "Pia Phone", "+13105550408");
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar?date=${ON_PHONE}&view=week`);
  const box = page.locator("#calendar .ec-event", { hasText: "Pia Phone" });
  await expect(box).toBeVisible();
  await expect(column(page, ON_PHONE)).toBeInViewport();
  await expect(column(page, ON_PHONE)).toHaveText(/^Thu, Dec 17/);
  const [head, at] = [await column(page, ON_PHONE).boundingBox(), await lies(box)];
  expect(at.x + at.width / 2).toBeGreaterThan(head.x);
  expect(at.x + at.width / 2).toBeLessThan(head.x + head.width);
});

test("a calendar that cannot be read says so, and is there once it can", async ({ page, complaints }) => {
  const unread = (url) => url.pathname === "/dashboard/calendar/events";
  await page.route(unread, (route) => route.fulfill({ status: 503, body: "" }));
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calendar`);
  await expect(page.getByRole("status").getByText("The calendar could not be read. Trying again…").first()).toBeVisible();
  await expect(page.locator("#calendar .ec-main")).toBeHidden();
  // Whoever cannot see it reads the list meanwhile.
  await expect(page.locator("#agenda")).toBeVisible();
  expect(complaints.length).toBeGreaterThan(0);
  expect(complaints.filter((one) => !one.includes("503"))).toEqual([]);
  await page.unroute(unread);
  await expect(page.locator("#calendar .ec-main")).toBeVisible();
  expect(complaints.splice(0).filter((one) => !one.includes("503"))).toEqual([]);
});
