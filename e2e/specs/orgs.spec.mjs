import { expect } from "@playwright/test";
import { Caller, demo, invite, isAtToday, isLive, join, mailsTo, PAGES, PASSWORD, signIn } from "../demo.mjs";
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

/** Has the session show the clinic whose name begins so. */
async function show(page, name) {
  await page.goto(demo.base_url + "/dashboard/account");
  await page.getByRole("listitem").filter({ hasText: name }).getByRole("button", { name: "Show" }).click();
  await isAtToday(page);
  await expect(page.locator(".brand")).toContainText(name);
}

test("a tab of the clinic that its reader has left shows and saves nothing of the other one", async ({ page, context }) => {
  const email = "both@clinics.example";
  await join(page, await invite(email, "owner"), "Bo Both");
  // They run the other clinic as well.
  const other = await context.browser().newContext();
  const harbor = await other.newPage();
  await signIn(harbor, "owner", demo.other_org);
  const invited = await harbor.request.post(demo.base_url + "/api/v1/invitations", {
    data: { email, role: "owner" },
    headers: { origin: demo.base_url },
  });
  expect(invited.status()).toBe(201);
  let link;
  const find = async () => {
    const links = (await mailsTo(email)).flatMap((mail) => mail.body.match(/https?:\/\/\S+\/invitation\/\S+/g) ?? []);
    link = links[1];
    return links.length;
  };
  await expect.poll(find, { timeout: 30_000 }).toBe(2);
  await page.goto(link);
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
  await isAtToday(page);
  await show(page, "Glow MedSpa");
  await page.goto(demo.base_url + "/dashboard/settings/texting");
  await isLive(page);
  const second = await context.newPage();
  await show(second, "Harbor");

  // The first tab says so, and what is sent from it is refused.
  const line = page.locator(".elsewhere");
  await expect(line).toContainText("This page is of Glow MedSpa, and you have gone on to another clinic since");
  const before = await (await harbor.request.get(demo.base_url + "/api/v1/settings/texting")).text();
  const form = page.locator('form[data-api="PUT /api/v1/settings/texting"]').first();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("nothing was changed. Load the page again.")).toBeVisible();
  expect(await (await harbor.request.get(demo.base_url + "/api/v1/settings/texting")).text()).toBe(before);
  await expect(page.locator(".brand")).toContainText("Glow MedSpa");
  await expect(page.locator(".offline:not(.elsewhere)")).toBeHidden();
  await expect(line).toBeInViewport();

  // Back at it, the page is as good as it was, and the other tab is the one that is left behind.
  await line.getByRole("button", { name: "Show Glow MedSpa again" }).click();
  await isAtToday(page);
  await isLive(page);
  await expect(line).toBeHidden();
  await expect(second.locator(".elsewhere")).toContainText("This page is of Harbor");
  await other.close();
});
