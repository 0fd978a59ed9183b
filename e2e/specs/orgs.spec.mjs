import { expect } from "@playwright/test";
import { Caller, demo, isLive, PAGES, signIn } from "../demo.mjs";
import { test } from "../test.mjs";

/** Pages that list who called. */
const LISTS = ["/dashboard", "/dashboard/calls", "/dashboard/leads"];

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
  // Both ring, and both pages have just heard of it.
  await expect(glow.locator("#running")).not.toContainText("(617) 555-0174");
  await expect(harbor.locator("#running")).not.toContainText("(310) 555-0173");
  await Promise.all([ours.hangsUp(), theirs.hangsUp()]);
  for (const address of PAGES) {
    const [our, their] = await Promise.all([glow, harbor].map(async (page) => (await page.request.get(demo.base_url + address)).text()));
    expect(our, address).not.toContain("555-0174");
    expect(their, address).not.toContain("555-0173");
    // Where callers are listed each has its own: nothing was left out because there was nothing.
    if (LISTS.includes(address)) {
      expect(our, address).toContain("(310) 555-0173");
      expect(their, address).toContain("(617) 555-0174");
    }
    expect(our, address).toContain("<span>Glow MedSpa</span>");
    expect(their, address).toContain("<span>Harbor");
  }
});
