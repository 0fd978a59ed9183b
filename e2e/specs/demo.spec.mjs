import { expect } from "@playwright/test";
import { rmSync } from "node:fs";
import path from "node:path";
import { isAtToday } from "../demo.mjs";
import { ownDir, runDemo } from "../start.mjs";
import { test } from "../test.mjs";

/** What `bin/run` promises. */
const ALIVE_MS = 10_000;

test("the demo prints where it is and who may sign in, and ten seconds later somebody has called", async ({ page, browser }) => {
  test.setTimeout(180_000);
  const dir = ownDir();
  // As `bin/run` starts it, but for its port and folder.
  const args = ["--play", "--port", "0", "--data-dir", path.join(dir, "demo")];
  const { said, end } = await runDemo(process.env.VOXANNE_PROGRAM, args, (out) => out.includes("Ctrl-C ends the demo."));
  const printed = Date.now();
  try {
    const address = said.match(/sign in +(https?:\/\/\S+\/sign-in)/)[1];
    const email = said.match(/(\S+@\S+) \(owner, Glow MedSpa\)/)[1];
    const password = said.match(/password +(\S.*?) \(/)[1];
    // Read without a browser, so that its own slowness is not in the time.
    const { request } = await browser.newContext();
    const entered = await request.post(address, { form: { email, password }, headers: { origin: new URL(address).origin } });
    expect(entered.url()).toMatch(/\/dashboard$/);
    const isAlive = async () => {
      const today = await (await request.get(new URL("/dashboard", address).href)).text();
      const [calls, , booked] = [...today.matchAll(/class="much">([^<]*)</g)].map((tile) => Number(tile[1]));
      return calls + booked;
    };
    await expect.poll(isAlive, { timeout: ALIVE_MS - (Date.now() - printed), intervals: [100] }).toBeGreaterThan(0);

    await page.goto(address);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await isAtToday(page);
    await expect(page.locator("#ended li, #running li").first()).toBeVisible();
  } finally {
    // A page whose server has gone would complain.
    await page.goto("about:blank");
    await end();
  }
  // The next morning: the same folder, the same stories.
  const again = await runDemo(process.env.VOXANNE_PROGRAM, args, (out) => out.includes("Ctrl-C ends the demo."));
  await again.end();
  rmSync(dir, { recursive: true, force: true });
  for (const out of [said, again.said]) expect(out).not.toContain("did not end as it should");
});
