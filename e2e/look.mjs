// A look at a page as it stands: barriers in both themes, widths down to a small phone and up to a large wall, and its pictures.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";

/** Where the pictures of a run are kept. */
const PICTURES = "target/e2e/pages";
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 375, height: 760 };
const EXAMINED = { light: "desk", dark: "phone" };
const OTHER_WIDTHS = [320, 3840];
/** Smaller than this is not read: on a wall one stands further away. */
const TEXT_MIN = { 320: 15, 3840: 18 };

async function barriers(page) {
  // Our pages hold no frames: without the page that would put their results together it takes a third of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  const { violations } = await axe.analyze();
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(", ")}`);
}

async function fits(page, width) {
  // Charts and the calendar's grid follow a frame later.
  const isIn = (most) => document.documentElement.scrollWidth <= most;
  await page.waitForFunction(isIn, width, { timeout: 3_000 }).catch(() => {});
  const needed = await page.evaluate(() => document.documentElement.scrollWidth);
  return needed <= width ? [] : [`needs ${needed} of ${width} pixels`];
}

/** Texts of the page that are cut by their box, and that nothing tells in full. */
async function cut(page, width) {
  const found = await page.evaluate(() => {
    const isCut = (box) => {
      const { overflowX, textOverflow, visibility } = getComputedStyle(box);
      if (!["hidden", "clip"].includes(overflowX) || visibility === "hidden" || box.clientWidth < 2) return false;
      if (box.scrollWidth <= box.clientWidth + 1) return false;
      // It ends in "…" on purpose, and whoever points at it or opens it has the rest.
      return textOverflow !== "ellipsis" || !box.closest("[title], a, button");
    };
    // What one writes in scrolls, and some words are only for whoever listens.
    const all = document.querySelectorAll("main *:not(input, select, textarea, .visually-hidden)");
    return [...all].filter((box) => box.checkVisibility() && isCut(box)).map((box) => box.outerHTML.slice(0, 120));
  });
  return found.map((one) => `cut at ${width}: ${one}`);
}

/** Whether the page's own text is large enough for its width. */
async function isReadable(page, width) {
  const size = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));
  return size >= TEXT_MIN[width] ? [] : [`text of ${size} pixels at ${width}`];
}

/**
 * Looks at what `page` shows; its pictures are named `name`. The page keeps its size and theme.
 * `inFull` looks for barriers in either theme at either size, `atEdges` also pictures the smallest and the largest width.
 * The whole page is pictured, but for the calendar, whose grid is as high as the window lets it be.
 */
export async function look(page, name, { fullPage = true, inFull = false, atEdges = false } = {}) {
  const size = page.viewportSize();
  const found = [];
  // A page's bars stay at the window's edge: in a picture of the whole page they would lie across it.
  if (fullPage) await page.evaluate(() => window.scrollTo(0, 0));
  for (const [device, view] of [["desk", DESK], ["phone", PHONE]]) {
    await page.setViewportSize(view);
    for (const theme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: theme });
      // Else both sizes and both themes, not their product: what a page is built of does not change with its colours.
      const told = inFull || device === EXAMINED[theme] ? await barriers(page) : [];
      told.push(...(await fits(page, view.width)));
      found.push(...told.map((one) => `${name}, ${device}, ${theme}: ${one}`));
      // A picture takes as long as all the rest: the phone's dark one shows nothing that these three do not.
      if (device === "phone" && theme === "dark") continue;
      await page.screenshot({ path: `${PICTURES}/${name}-${device}-${theme}.png`, fullPage });
    }
  }
  for (const width of OTHER_WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const told = [...(await fits(page, width)), ...(await cut(page, width)), ...(await isReadable(page, width))];
    found.push(...told.map((one) => `${name}: ${one}`));
    if (atEdges) await page.screenshot({ path: `${PICTURES}/${name}-${width}.png`, fullPage });
  }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: null });
  expect.soft(found).toEqual([]);
}
