// The demo as specs use it: its addresses, its people, and callers.
import { expect } from "@playwright/test";
import { execFile } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { promisify } from "node:util";

export const demo = JSON.parse(process.env.VOXANNE_DEMO);

/** Who is told of Glow's hot leads. */
export const MANAGER_PHONE = "+13105550177";

/** Until Today is there and hears keys and clicks: its scripts run once it has loaded. */
export async function isAtToday(page) {
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
  await page.waitForLoadState();
}

/** Signs somebody of a demo clinic in: its owner, manager, front_desk or viewer. */
export async function signIn(page, role = "owner", clinic = demo) {
  const staff = demo.sign_ins.find((one) => one.role === role && one.org_id === clinic.org_id);
  await page.goto(demo.base_url + "/sign-in");
  await page.getByLabel("E-mail").fill(staff.email);
  await page.getByLabel("Password", { exact: true }).fill(staff.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await isAtToday(page);
}

/** The password of whoever a spec lets join. */
export const PASSWORD = "teal otter counts 9 rivers";

/** The e-mails to an address so far, oldest first. */
export async function mailsTo(address) {
  const mails = await (await fetch(`${demo.sandbox_url}/mail/messages`)).json();
  return mails.filter((mail) => mail.to === address);
}

/** The link to a page of the door in the e-mail to an address: its invitation, or the reset of its password. */
export async function linkTo(address, door) {
  let link;
  const find = async () => {
    const links = (await mailsTo(address)).flatMap((mail) => mail.body.match(/https?:\/\/\S+/g) ?? []);
    link = links.findLast((one) => one.includes(`/${door}/`));
    return link;
  };
  await expect.poll(find, { timeout: 30_000 }).toBeTruthy();
  return link;
}

/** Invites somebody, as an owner or a program does; the link that they are mailed. */
export async function invite(email, role, key = demo.api_key) {
  await api("POST", "/invitations", { email, role }, key);
  return linkTo(email, "invitation");
}

/** Sets a second factor up on the account's page that is open; the app's key. */
export async function setUpSecondFactor(page) {
  const card = page.locator("#second-factor");
  await card.getByLabel("Password").fill(PASSWORD);
  await card.getByRole("button", { name: "Set up" }).click();
  await expect(card.getByAltText("QR code for your authenticator app")).toBeVisible();
  const secret = await card.locator("[data-secret]").textContent();
  await card.getByLabel("Code that the app shows").fill(codeOf(secret));
  await card.getByRole("button", { name: "Switch on" }).click();
  await expect(card.locator("[data-codes] li")).toHaveCount(10);
  return secret;
}

/** Follows an invitation and makes an account. */
export async function join(page, link, name) {
  await enter(page, link, name);
  await isAtToday(page);
}

/** The same, wherever it leads. */
export async function enter(page, link, name) {
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
}

/**
 * What an authenticator app shows for a key, so many half minutes after now by a phone that is two seconds late: never one
 * more than the demo's clock allows.
 */
export function codeOf(secret, later = 0) {
  const bits = [...secret.replace(/\s/g, "")].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 - 2 + demo.clock_ahead_seconds) / 30) + later));
  const tag = createHmac("sha1", bytes).update(step).digest();
  const at = tag[19] & 15;
  return String((tag.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Runs `voxanne admin …` beside the demo, as whoever operates it does; what it prints. */
export async function admin(...args) {
  const env = { ...process.env, VOXANNE_DATABASE_DATA_DIR: process.env.VOXANNE_DEMO_DIR };
  const { stdout } = await promisify(execFile)(process.env.VOXANNE_PROGRAM, ["admin", ...args], { env });
  return stdout;
}

/** An owner is invited by who may do whatever an owner may. */
const WRITTEN = ["catalogue", "appointments", "waitlist", "calendars", "messages", "leads", "settings", "tasks", "team"];
const ALL_SCOPES = [...WRITTEN.flatMap((of) => [`${of}:read`, `${of}:write`]), "calls:read", "analytics:read", "audit:read", "keys:write"].join(",");

/** A clinic that nobody has set up: a key to it, and the link that its owner is mailed. */
export async function newClinic(name, email) {
  const org = (await admin("org", "create", "--name", name, "--time-zone", "America/Denver")).trim();
  const made = await admin("key", "add", "--org", org, "--name", "Spec", "--scope", ALL_SCOPES);
  const key = made.match(/vxk_\S+/)[0];
  return { key, link: await invite(email, "owner", key) };
}

/** Until the page's socket is open: what happens from now on is heard. */
export async function isLive(page) {
  await expect(page.locator("html")).toHaveAttribute("data-socket", "open");
}

/** What Twilio was given for a number so far, oldest first. */
export async function textsTo(phone) {
  const answer = await fetch(`${demo.sandbox_url}/twilio/messages`);
  const all = await answer.json();
  return (all.messages ?? all).filter((text) => text.to === phone);
}

/** Somebody texts the clinic, through the webhook that Twilio calls: to the number that has texted them, or another phone. */
export async function textFrom(phone, body, clinic = demo, texted = phone) {
  const { account_sid, from } = (await textsTo(texted)).at(-1);
  const answer = await fetch(`${demo.sandbox_url}/twilio/inbound`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      webhook: `${demo.base_url}/api/webhooks/twilio/inbound/${clinic.org_id}`,
      account_sid,
      auth_token: `sandbox-${account_sid}`,
      from: phone,
      to: from,
      body,
    }),
  });
  expect((await answer.json()).status).toBe(200);
}

/** The next answers of a vendor are bad ones, until that many came or `goWell` is called. */
export async function goBadly(vendor, fault, times = 1) {
  const body = JSON.stringify({ vendor, fault, times });
  await fetch(`${demo.sandbox_url}/faults`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

export async function goWell() {
  await fetch(`${demo.sandbox_url}/faults`, { method: "DELETE" });
}

/** A caller, as the voice platform tells of them. */
export class Caller {
  constructor(number, clinic = demo) {
    this.clinic = clinic;
    this.call = {
      id: randomUUID(),
      type: "inboundPhoneCall",
      assistantId: clinic.assistant_id,
      phoneNumberId: clinic.phone_number_id,
      customer: { number },
    };
    this.began = new Date().toISOString();
    this.turns = [];
  }

  async post(message) {
    const answer = await fetch(this.clinic.webhook_url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-vapi-secret": this.clinic.webhook_secret },
      body: JSON.stringify({ message: { call: this.call, ...message } }),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  }

  rings() {
    return this.post({ type: "status-update", status: "in-progress" });
  }

  async says(words) {
    this.turns.push({ role: "user", message: words });
    await this.post({ type: "transcript", role: "user", transcriptType: "final", transcript: words });
  }

  async hears(words) {
    this.turns.push({ role: "bot", message: words });
    await this.post({ type: "transcript", role: "assistant", transcriptType: "final", transcript: words });
  }

  async asks(tool, args) {
    const id = `call_${randomUUID()}`;
    const answer = await this.post({
      type: "tool-calls",
      toolCallList: [{ id, type: "function", function: { name: tool, arguments: args } }],
    });
    return answer.results[0].result ?? answer.results[0].error;
  }

  hangsUp(summary = "Played by a browser spec.") {
    return this.post({
      type: "end-of-call-report",
      endedReason: "customer-ended-call",
      startedAt: this.began,
      endedAt: new Date(Date.parse(this.began) + 60_000).toISOString(),
      durationSeconds: 60,
      artifact: {
        messages: this.turns.map((turn, at) => ({ ...turn, time: Date.parse(this.began) + at * 4000, secondsFromStart: at * 4 })),
        transcript: this.turns.map((turn) => `${turn.role === "user" ? "User" : "AI"}: ${turn.message}`).join("\n"),
        recordingUrl: `${demo.sandbox_url}/recordings/1.wav`,
      },
      compliance: { recordingConsent: { type: "verbal", grantedAt: this.began } },
      analysis: { summary },
    });
  }
}

/** Somebody who asks, is answered, books and is worth calling back: a call with everything that its page can show. */
export async function talkativeCall(name, phone, date) {
  const caller = new Caller(phone);
  await caller.rings();
  await caller.hears("Thank you for calling Glow. How can I help?");
  await caller.says(`Hi, my name is ${name}. I want Botox before my wedding, as soon as you can, money is no issue.`);
  await caller.asks("check_availability", { service: "Botox", date });
  const { items } = await api("GET", "/services?limit=100");
  const service = items.find((one) => one.name === "Botox");
  const openings = await api("GET", `/openings?service_id=${service.id}&from=${date}&to=${date}`);
  const time = openings.items[0].local_starts_at.slice(11, 16);
  await caller.hears("We have a time in the morning. Shall I book it?");
  await caller.says("Yes please, book it.");
  await caller.asks("book_appointment", { service: "Botox", date, time, name });
  await caller.asks("check_availability", { service: "No such thing", date });
  await caller.says("Thank you, bye.");
  await caller.hangsUp();
  return { time };
}

/** Every page that has an address of its own and stands for itself. */
export const PAGES = [
  "/dashboard",
  "/dashboard/calls",
  "/dashboard/calendar",
  "/dashboard/calendar?view=week",
  "/dashboard/calendar?by=device",
  "/dashboard/leads",
  "/dashboard/contacts",
  "/dashboard/messages",
  "/dashboard/tasks",
  "/dashboard/notifications",
  "/dashboard/analytics",
  "/dashboard/settings",
  "/dashboard/settings/clinic",
  "/dashboard/settings/hours",
  "/dashboard/settings/services",
  "/dashboard/settings/services/new",
  "/dashboard/settings/practitioners",
  "/dashboard/settings/practitioners/new",
  "/dashboard/settings/resources",
  "/dashboard/settings/policy",
  "/dashboard/settings/alerts",
  "/dashboard/settings/scoring",
  "/dashboard/settings/texting",
  "/dashboard/settings/texts",
  "/dashboard/settings/sequences",
  "/dashboard/settings/sequences/new",
  "/dashboard/settings/waitlist",
  "/dashboard/settings/email",
  "/dashboard/settings/calendars",
  "/dashboard/settings/assistant",
  "/dashboard/settings/keys",
  "/dashboard/team",
  "/dashboard/audit",
  "/dashboard/account",
  "/dashboard/search?q=paula",
];

/** The API with the clinic's own key, for what a spec needs to be there first. */
export async function api(method, path, body, key = demo.api_key, headers = {}) {
  const answer = await fetch(`${demo.base_url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = answer.status === 204 ? undefined : await answer.json();
  expect(answer.ok, `${method} ${path}: ${JSON.stringify(told)}`).toBe(true);
  return told;
}

/** Books a visit at the first time of a day that is free for a service with somebody, from an hour on. */
export async function book(service, practitioner, date, name, phone, fromHour = 9) {
  const one = async (path, wanted) => (await api("GET", `${path}?limit=100`)).items.find((item) => item.name === wanted);
  const [svc, res] = [await one("/services", service), await one("/practitioners", practitioner)];
  const { items } = await api("GET", `/openings?service_id=${svc.id}&practitioner_id=${res.id}&from=${date}&to=${date}`);
  const opening = items.find((item) => Number(item.local_starts_at.slice(11, 13)) >= fromHour);
  const wish = { service_id: svc.id, practitioner_id: res.id, starts_at: opening.starts_at, name, phone };
  return { ...(await api("POST", "/appointments", wish)), local_starts_at: opening.local_starts_at };
}

/** Signs out, from the menu that a phone keeps behind "More". */
export async function signOut(page) {
  const button = page.getByRole("button", { name: "Sign out", exact: true }).and(page.locator(".side button"));
  if (!(await button.isVisible())) await page.getByRole("button", { name: "More" }).click();
  await button.click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
}
