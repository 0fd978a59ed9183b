// Lighthouse on Today, Calendar and Settings of the demo, signed in, as a desktop and as a phone: `npm run lighthouse`,
// of a release build with VOXANNE_PROFILE=release.
// It is fetched by npx when it runs, since it is larger than everything else together.
import { chromium } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import start from "./start.mjs";

const LIGHTHOUSE = "lighthouse@13.5.0";
const PAGES = ["/dashboard", "/dashboard/calendar", "/dashboard/settings"];
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const browser = process.env.CHROMIUM || "/usr/bin/chromium";

const stop = await start();
let missed = 0;
try {
  const out = path.resolve(import.meta.dirname, "../target/e2e/lighthouse");
  mkdirSync(out, { recursive: true });
  const { signIn, demo } = await import("./demo.mjs");
  const chrome = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
  const context = await chrome.newContext();
  await signIn(await context.newPage());
  const cookie = (await context.cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
  await chrome.close();
  const headers = path.join(out, "headers.json");
  writeFileSync(headers, JSON.stringify({ Cookie: cookie }), { mode: 0o600 });
  for (const form of ["desktop", "mobile"]) {
    for (const page of PAGES) {
      const report = path.join(out, `${form}${page.replaceAll("/", "-")}.json`);
      const args = ["--yes", LIGHTHOUSE, demo.base_url + page, "--quiet", "--output=json", `--output-path=${report}`];
      args.push(`--extra-headers=${headers}`, `--only-categories=${CATEGORIES.join(",")}`, "--chrome-flags=--headless=new --no-sandbox");
      if (form === "desktop") args.push("--preset=desktop");
      const ran = spawnSync("npx", args, { env: { ...process.env, CHROME_PATH: browser }, stdio: ["ignore", "inherit", "inherit"] });
      if (ran.status !== 0) throw new Error(`lighthouse ended with ${ran.status} on ${page}`);
      const { categories } = JSON.parse(readFileSync(report, "utf8"));
      const scores = CATEGORIES.map((name) => Math.round(categories[name].score * 100));
      console.log(`| ${page} | ${form} | ${scores.join(" | ")} |`);
      if (form === "desktop" && Math.min(...scores) < 95) missed += 1;
    }
  }
} finally {
  await stop();
}
process.exit(missed ? 1 : 0);
