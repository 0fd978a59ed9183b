import { expect } from "@playwright/test";
import { api, book, Caller, demo, isAtToday, signIn } from "../demo.mjs";
import { test } from "../test.mjs";

/** A day of the demo that other specs leave alone. */
const DAY = "2026-12-18";
const PHONE = "+13105550402";

test("a few letters suggest a person, their call, visit and task, and lead there by keyboard", async ({ page }) => {
  const visit = await book("Botox", "Dr. Maya Chen", DAY, "Quinn Quested", PHONE);
  const caller = new Caller(PHONE);
  await caller.rings();
  await caller.says("I only wanted to know where you are.");
  await caller.hangsUp();
  const task = await api("POST", "/tasks", { title: "Send the way to the clinic", contact_id: visit.contact_id });
  await signIn(page);

  const box = page.getByRole("banner").locator("input[type=search]");
  const suggested = page.locator(".suggestions");
  const leadingTo = (href) => suggested.getByRole("listitem").filter({ has: page.locator(`a[href="${href}"]`) });
  await page.keyboard.press("/");
  await expect(box).toBeFocused();
  await page.keyboard.type("quin");
  const person = leadingTo(`/dashboard/contacts/${visit.contact_id}`);
  await expect(person).toContainText("Quinn Quested");
  await expect(person).toContainText("(310) 555-0402");
  const call = suggested.getByRole("listitem").filter({ hasText: "Call ·" });
  await expect(call).toContainText("Quinn Quested");
  const booked = leadingTo(`/dashboard/calendar?visit=${visit.id}`);
  await expect(booked).toContainText("Quinn Quested");
  await expect(booked).toContainText("Botox");
  const todo = leadingTo(`/dashboard/tasks#${task.id}`);
  await expect(todo).toContainText("Send the way to the clinic");

  await page.keyboard.press("Tab");
  await expect(person.getByRole("link")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${demo.base_url}/dashboard/contacts/${visit.contact_id}`);
  await expect(page.getByRole("heading", { level: 1, name: "Quinn Quested" })).toBeVisible();

  /** Types it once more, and follows a suggestion. */
  const follow = async (suggestion) => {
    await page.goto(demo.base_url + "/dashboard");
    await isAtToday(page);
    await box.fill("quin");
    await suggestion.getByRole("link").click();
  };
  await follow(call);
  await expect(page.locator("#transcript")).toContainText("I only wanted to know where you are.");
  await follow(booked);
  await expect(page.locator("dialog#visit").getByRole("heading", { name: "Quinn Quested" })).toBeVisible();
  await follow(todo);
  await expect(page.locator(`[id="${task.id}"]`)).toBeInViewport();

  await follow(suggested.getByRole("listitem").filter({ hasText: "All that was found" }));
  await expect(page.getByRole("heading", { level: 1, name: "Search: quin" })).toBeVisible();
  await box.fill("zzyzx");
  await expect(suggested).toHaveText("Nothing was found");
  await page.keyboard.press("Escape");
  await expect(suggested).toBeEmpty();
});
