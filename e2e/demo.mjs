// The demo as specs use it: its addresses, its people, and callers.
import { expect } from "@playwright/test";
import { randomUUID } from "node:crypto";

export const demo = JSON.parse(process.env.VOXANNE_DEMO);

/** Who is told of Glow's hot leads. */
export const MANAGER_PHONE = "+13105550177";

/** Signs somebody of a demo clinic in: its owner, manager, front_desk or viewer. */
export async function signIn(page, role = "owner", clinic = demo) {
  const staff = demo.sign_ins.find((one) => one.role === role && one.org_id === clinic.org_id);
  await page.goto(demo.base_url + "/sign-in");
  await page.getByLabel("E-mail").fill(staff.email);
  await page.getByLabel("Password", { exact: true }).fill(staff.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
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

  hangsUp() {
    return this.post({
      type: "end-of-call-report",
      endedReason: "customer-ended-call",
      startedAt: this.began,
      endedAt: new Date(Date.parse(this.began) + 60_000).toISOString(),
      durationSeconds: 60,
      artifact: {
        messages: this.turns.map((turn, at) => ({ ...turn, time: Date.parse(this.began) + at * 4000, secondsFromStart: at * 4 })),
        transcript: this.turns.map((turn) => `${turn.role === "user" ? "User" : "AI"}: ${turn.message}`).join("\n"),
      },
      analysis: { summary: "Played by a browser spec." },
    });
  }
}

/** Every page that staff open from the menu. */
export const PAGES = [
  "/dashboard",
  "/dashboard/calls",
  "/dashboard/calendar",
  "/dashboard/leads",
  "/dashboard/contacts",
  "/dashboard/messages",
  "/dashboard/tasks",
  "/dashboard/notifications",
  "/dashboard/analytics",
  "/dashboard/settings",
  "/dashboard/team",
  "/dashboard/audit",
  "/dashboard/account",
  "/dashboard/search?q=ruth",
];

/** The API with the clinic's own key, for what a spec needs to be there first. */
export async function api(method, path, body) {
  const answer = await fetch(`${demo.base_url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${demo.api_key}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json();
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
