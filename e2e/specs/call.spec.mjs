import { expect } from "@playwright/test";
import { api, demo, signIn, talkativeCall } from "../demo.mjs";
import { look } from "../look.mjs";
import { test } from "../test.mjs";

/** A day of the demo that other specs leave alone. */
const DAY = "2026-12-14";

test("a call's page shows what was marked in it, what the assistant did and why it counts, and plays it", async ({ page }) => {
  test.setTimeout(120_000);
  const { time } = await talkativeCall("Cara Called", "+13105550401", DAY);
  await signIn(page);
  await page.goto(`${demo.base_url}/dashboard/calls`);
  await page.locator("main").getByRole("link", { name: "Cara Called" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Cara Called" })).toBeVisible();

  // What was scored is marked where it was said, with the reason for whoever points at it and whoever hears it.
  const marks = page.locator("#transcript mark");
  const mark = marks.filter({ hasText: "money is no issue" });
  await expect(mark).toBeVisible({ timeout: 30_000 });
  const reason = await mark.getAttribute("title");
  expect(reason).toMatch(/\S/);
  await expect(mark.locator(".visually-hidden")).toHaveText(`(${reason})`);
  for (const words of await marks.allTextContents()) expect(words).toMatch(/\S/);

  const why = page.locator("#facts").getByRole("heading", { name: "Why this score" }).locator("..").getByRole("listitem");
  await expect(why.filter({ hasText: "money is no issue" })).toHaveText(/: “.*money is no issue.*” ?\+\d+$/);
  const points = (await why.locator("strong").allTextContents()).map(Number);
  const score = Number(await page.locator("#facts dt", { hasText: /^Score$/ }).locator("+ dd").textContent());
  expect(score).toBeGreaterThan(0);
  expect(points.length).toBeGreaterThan(1);

  const tools = page.locator("#tools").getByRole("listitem");
  await expect(tools.locator("code")).toHaveText(["check_availability", "book_appointment", "check_availability"]);
  const booked = tools.nth(1);
  await expect(booked).toContainText(/\d ms · /);
  const args = booked.locator("pre");
  await expect(args).toBeHidden();
  await booked.getByText("Arguments").click();
  await expect(args).toBeVisible();
  expect(JSON.parse(await args.textContent())).toEqual({ service: "Botox", date: DAY, time, name: "Cara Called" });
  await expect(booked.locator("p").last()).toHaveText(/^“.*\S.*”$/);
  for (const tool of await tools.all()) await expect(tool.locator("p").last()).toHaveText(/^“.*\S.*”$/);

  const player = page.locator("#call-recording audio");
  await expect(player).toBeVisible();
  // It fetches nothing until somebody wants to hear it.
  expect(await player.evaluate((audio) => Number.isNaN(audio.duration))).toBe(true);
  const lasts = await player.evaluate(async (audio) => {
    audio.preload = "metadata";
    const known = new Promise((resolve, reject) => {
      audio.onloadedmetadata = resolve;
      audio.onerror = () => reject(audio.error);
    });
    audio.load();
    await known;
    return audio.duration;
  });
  expect(lasts).toBeCloseTo(2, 1);
  const reached = await player.evaluate(async (audio) => {
    const there = new Promise((resolve) => (audio.onseeked = resolve));
    audio.currentTime = 1.5;
    await there;
    return [audio.currentTime, audio.seekable.length && audio.seekable.end(0)];
  });
  expect(reached[0]).toBeCloseTo(1.5, 1);
  expect(reached[1]).toBeCloseTo(2, 1);
  // A long talk is fetched from where it is heard on.
  const part = await page.request.get(await player.evaluate((audio) => audio.src), { headers: { range: "bytes=8000-8099" } });
  expect(part.status()).toBe(206);
  expect(part.headers()["content-type"]).toBe("audio/wav");
  expect(part.headers()["content-range"]).toBe("bytes 8000-8099/16044");
  expect((await part.body()).length).toBe(100);
  // Who heard it is known.
  const { items } = await api("GET", "/audit-log?limit=50");
  expect(items.map((one) => one.action)).toContain("recording.read");

  await look(page, "call-with-recording");
});
