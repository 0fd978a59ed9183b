// Browser specs: the program as it is started for the demo, in Debian's Chromium. `bin/test` runs them; by hand:
//
//   npx playwright test -c e2e                  all of them
//   npx playwright test -c e2e live --headed    those with "live" in their name, to watch
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "specs",
  outputDir: "../target/e2e/results",
  globalSetup: "./start.mjs",
  // One server and one clinic for all of them: they come one after another and each brings its own people.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    actionTimeout: 15_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-background-networking"],
    },
  },
});
