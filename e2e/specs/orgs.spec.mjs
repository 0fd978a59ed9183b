import { expect, test } from "@playwright/test";
import { Caller, demo, isLive, PAGES, signIn } from "../demo.mjs";

test("two clinics never see each other's callers", async ({ browser }) => {
  const glow = await (await browser.newContext()).newPage();
  const harbor = await (await browser.newContext()).newPage();
  await signIn(glow, "owner");
  await signIn(harbor, "owner", demo.other_org);
  await Promise.all([isLive(glow), isLive(harbor)]);
  const ours = new Caller("+13105550173");
  const theirs = new Caller("+16175550174", demo.other_org);
  await Promise.all([ours.rings(), theirs.rings()]);
  await expect(glow.locator("#running").getByText("(310) 555-0173")).toBeVisible();
  await expect(harbor.locator("#running").getByText("(617) 555-0174")).toBeVisible();
  await Promise.all([ours.hangsUp(), theirs.hangsUp()]);
  for (const address of PAGES) {
    await glow.goto(demo.base_url + address);
    await harbor.goto(demo.base_url + address);
    await expect(glow.locator("main")).not.toContainText("555-0174");
    await expect(harbor.locator("main")).not.toContainText("555-0173");
    await expect(glow.locator("a.brand")).toContainText("Glow");
    await expect(harbor.locator("a.brand")).toContainText("Harbor");
  }
});
