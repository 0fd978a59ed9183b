import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { demo, PAGES, signIn } from "../demo.mjs";

/** Where the pictures of a run are kept. */
const PICTURES = "target/e2e/pages";

function nameOf(address) {
  return address.replace(/^\/dashboard\/?/, "").replace(/[^a-z]+/g, "-") || "today";
}

for (const theme of ["light", "dark"]) {
  test(`no page has a barrier in ${theme}, and each has its picture`, async ({ browser }) => {
    test.setTimeout(240_000);
    const context = await browser.newContext({ colorScheme: theme });
    const page = await context.newPage();
    const complaints = [];
    const barriers = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await signIn(page);
    for (const address of PAGES) {
      await page.goto(demo.base_url + address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      barriers.push(...violations.map((one) => `${address}: ${one.id}: ${one.nodes.map((node) => node.target).join(", ")}`));
      await page.screenshot({ path: `${PICTURES}/${nameOf(address)}-${theme}.png` });
    }
    expect(barriers).toEqual([]);
    expect(complaints).toEqual([]);
  });
}

for (const width of [320, 375, 3840]) {
  test(`every page fits in ${width} pixels`, async ({ browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    await signIn(page);
    for (const address of PAGES) {
      await page.goto(demo.base_url + address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `${PICTURES}/${nameOf(address)}-${width}.png` });
    }
  });
}
