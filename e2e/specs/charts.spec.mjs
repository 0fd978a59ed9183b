import { expect } from "@playwright/test";
import { demo, signIn, talkativeCall } from "../demo.mjs";
import { test } from "../test.mjs";

/** What the lines of charts are drawn in. */
const TONES = ["--brand", "--bad", "--good"];

/** How many of a canvas's pixels are drawn at all, and how many in the colours that lines have in the page's theme. */
function drawn(canvas) {
  return canvas.evaluate((element, tones) => {
    const span = document.body.appendChild(document.createElement("span"));
    const colours = tones.map((token) => {
      span.style.color = `var(${token})`;
      return getComputedStyle(span).color.match(/\d+/g).slice(0, 3).join();
    });
    span.remove();
    const { data } = element.getContext("2d").getImageData(0, 0, element.width, element.height);
    const found = { all: 0, lines: 0 };
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue;
      found.all += 1;
      if (colours.includes(data.slice(at, at + 3).join())) found.lines += 1;
    }
    return found;
  }, TONES);
}

test("the charts are drawn, in the colours of either theme", async ({ page }) => {
  await talkativeCall("Chad Charted", "+13105550406", "2026-12-21");
  await signIn(page);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(`${demo.base_url}/dashboard/analytics`);
  const charts = page.locator(".chart canvas");
  await expect(charts).toHaveCount(2);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const chart of await charts.all()) {
      await expect(chart).toBeVisible();
      await expect.poll(async () => (await drawn(chart)).lines, { message: colorScheme }).toBeGreaterThan(500);
      // Axes and words, too.
      const { all, lines } = await drawn(chart);
      expect(all - lines).toBeGreaterThan(500);
    }
  }
  // On a wall they grow with the words around them.
  // While they are drawn anew there is none.
  const height = async () => (await charts.first().boundingBox())?.height ?? 0;
  await expect.poll(height).toBeGreaterThan(100);
  const onDesk = await height();
  await page.setViewportSize({ width: 3840, height: 2160 });
  await expect.poll(height).toBeGreaterThan(Math.max(onDesk, 100) * 1.3);
});
