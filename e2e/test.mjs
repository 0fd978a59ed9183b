// `test` for all specs: whatever a page complains about in its console fails the spec that opened it.
import { test as base } from "@playwright/test";

/** What browsers note by themselves about a refusal that a spec asked for, and about a line that it cut. */
const EXPECTED = /Failed to load resource: the server responded with a status of 4\d\d|net::ERR_INTERNET_DISCONNECTED/;
/** What pages are made of: these are never missing. */
const PARTS = new Set(["stylesheet", "script", "image", "font", "media"]);

/** Collects what the pages of a context complain about. */
export function watch(context) {
  const complaints = [];
  context.on("console", (message) => {
    if (message.type() === "error" && !EXPECTED.test(message.text())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("response", (answer) => {
    const isPart = PARTS.has(answer.request().resourceType()) && answer.status() >= 400;
    if (isPart || answer.status() >= 500) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  return complaints;
}

export const test = base.extend({
  complaints: [
    async ({ context }, use) => {
      const complaints = watch(context);
      await use(complaints);
      base.expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});
