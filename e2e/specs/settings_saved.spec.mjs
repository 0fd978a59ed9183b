// E7. What each page of the settings shows can be saved as it stands, by its own button, and is the same afterwards.
import { expect } from "@playwright/test";
import { demo, isLive, PAGES, signIn } from "../demo.mjs";
import { test } from "../test.mjs";

/** What saves is a change of what there is: not what makes something new, connects something, or is a version each time. */
const SAVES = /^(PUT|PATCH) \/api\/v1\/(?!settings\/(scoring|twilio|voice-platform|first-run))|^POST \/api\/v1\/policy$/;

/** Every field of the page by its place, with what stands in it. */
function fields(page) {
  return page.locator("main form").evaluateAll((forms) =>
    forms.map((form) => [...form.elements].filter((one) => one.name && one.type !== "password").map((one) => `${one.name}=${one.type === "checkbox" ? one.checked : one.value}`)),
  );
}

/** Opens whatever is folded away. */
async function unfold(page) {
  await page.locator("main details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
}

/** Addresses of what a page lists and edits by itself. */
async function listed(page, address, pattern) {
  await page.goto(demo.base_url + address);
  const all = await page.locator("main a.over, main td a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  return all.filter((href) => pattern.test(href)).slice(0, 2);
}

test("every page of the settings is saved as it stands, and shows the same afterwards", async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page, "owner", demo.other_org);
  const addresses = PAGES.filter((one) => one.startsWith("/dashboard/settings") && !one.endsWith("/new"));
  addresses.push(...(await listed(page, "/dashboard/settings/services", /\/services\/svc_/)));
  addresses.push(...(await listed(page, "/dashboard/settings/practitioners", /\/practitioners\/res_/)));
  addresses.push(...(await listed(page, "/dashboard/settings/resources", /edit=/)));
  const saved = [];
  for (const address of addresses) {
    await page.goto(demo.base_url + address);
    await isLive(page);
    const before = await fields(page);
    const forms = page.locator("main form[data-api]");
    for (let at = 0; at < (await forms.count()); at += 1) {
      const form = forms.nth(at);
      const request = await form.getAttribute("data-api");
      if (!SAVES.test(request)) continue;
      await unfold(page);
      const [method, path] = request.split(" ");
      const answered = page.waitForResponse((answer) => answer.request().method() === method && answer.url() === demo.base_url + path);
      await form.locator("button[type=submit]").first().click();
      const answer = await answered;
      expect(answer.ok(), `${address}: ${request} answers ${answer.status()}`).toBe(true);
      await expect(form.locator(".wrong").filter({ hasText: /\S/ })).toHaveCount(0);
      saved.push(request);
    }
    await page.reload();
    expect(await fields(page), address).toEqual(before);
  }
  // Of each page that has something to save.
  expect(new Set(saved.map((request) => request.split("/")[3])).size, saved.join("\n")).toBeGreaterThan(14);
});
