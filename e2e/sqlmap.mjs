// W13. sqlmap at every parameter of every route that takes one, of a demo on this machine: `bin/sqlmap`, or some of them with
// `bin/sqlmap WORD…`, each a part of a route such as "post /tasks". It ends with 1 when something was found, failed, or was not tried.
//
// It asks through a relay of ours, which shows the server who asks, gives what must be new each time, and counts what was answered;
// behind the relay there is also a search that binds nothing, which sqlmap has to find, or finding nothing else proves nothing.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import path from "node:path";
import start, { ownDir } from "./start.mjs";

const WORDS = process.argv.slice(2);
/** More of them try more spellings, for many times as long. */
const LEVEL = process.env.VOXANNE_SQLMAP_LEVEL ?? "1";
const ROOT = path.resolve(import.meta.dirname, "..");
const KIND = { json: "application/json", form: "application/x-www-form-urlencoded" };
/** It is put where the relay writes something new. */
const NEW = "00000000-0000-0000-0000-000000000new";
const NEW_PHONE = "+13105559999";
const NEW_NAME = "Nobodyyet";

/** What each page's address asks by; another one without a line here fails. */
const PAGES = {
  "/dashboard": "",
  "/dashboard/calls": "outcome=booked&temperature=hot&contact=$con&tests=yes&after=$after",
  "/dashboard/leads": "temperature=hot&taken=yes&after=$after",
  "/dashboard/contacts": "q=paula&after=$after",
  "/dashboard/messages": "unread=yes&after=$after",
  "/dashboard/messages/{id}": "unread=yes&before=$after",
  "/dashboard/notifications": "unread=yes&after=$after",
  "/dashboard/search": "q=paula&tests=yes",
  "/dashboard/search/suggestions": "q=paula&tests=yes",
  "/dashboard/tasks": "state=open&kind=call_back&who=me&after=$after",
  "/dashboard/calendar": "date=2026-12-01&view=week&by=device&location=$loc&who=$res&visit=$apt",
  "/dashboard/calendar/events": "from=2026-12-01&to=2026-12-02&by=device&location=$loc",
  "/dashboard/analytics": "days=30&from=2026-11-01&to=2026-11-24&location=$loc&assistant=$asst",
  "/dashboard/audit": "actor=staff:$usr&action=session.begin&after=$after",
  "/dashboard/first-run": "step=calendar&calendar=connected&problem=x",
  "/dashboard/settings/calendars": "calendar=connected&problem=x",
  "/dashboard/settings/hours": "site=$loc&who=$res",
  "/dashboard/settings/resources": "edit=$thing",
  "/dashboard/settings/texts": "kind=reminder",
  "/dashboard/settings/waitlist": "show=all",
};
/** Forms, and what programs of before and vendors send. */
const call = { id: NEW, type: "inboundPhoneCall", customer: { number: "+13105550123" } };
const tool = (name, args) => ({ message: { type: "tool-calls", call, toolCallList: [{ id: NEW, type: "function", function: { name, arguments: args } }] } });
const visit = { service: "Botox", date: "2026-12-01", time: "10:30", name: "Ana Reyes", phone: "+13105550123" };
const OTHERS = [
  ["post", "/sign-in", { email: "owner@glow.example", password: "not it at all", next: "/dashboard" }, "form", "nobody"],
  ["post", "/sign-in/code", { code: "123456", next: "/dashboard" }, "form", "nobody"],
  ["post", "/forgot", { email: `${NEW_NAME}@glow.example` }, "form", "nobody"],
  ["post", "/reset/{token}", { password: "teal otter counts 9 rivers" }, "form", "nobody"],
  ["post", "/invitation/{token}", { name: "Ana", password: "teal otter counts 9 rivers" }, "form", "nobody"],
  ["post", "/w/{token}", { act: "take" }, "form", "nobody"],
  ["get", "/w/{token}", undefined, "form", "nobody"],
  ["get", "/feeds/{file}", undefined, "form", "nobody"],
  ["get", "/reset/{token}", undefined, "form", "nobody"],
  ["get", "/invitation/{token}", undefined, "form", "nobody"],
  ["get", "/sign-in?next=/dashboard", undefined, "form", "nobody"],
  ["get", "/api/google-oauth/callback?state=x&code=x&error=x", undefined, "form", "person"],
  ["get", "/api/google-oauth/authorize?location_id=$loc&practitioner_id=$res&return_to=/dashboard", undefined, "form", "person"],
  ["post", "/dashboard/switch", { org: "$org" }, "form", "person"],
  ["post", "/api/founder-console/settings", { alertPhone: NEW_PHONE }, "json", "person"],
  ["post", "/api/webhooks/vapi/{door}", tool("check_availability", visit), "json", "voice"],
  ["post", "/api/webhooks/vapi", tool("check_availability", visit), "json", "voice"],
  ["post", "/api/webhooks/vapi", tool("find_openings", visit), "json", "voice"],
  ["post", "/api/webhooks/vapi", tool("book_appointment", visit), "json", "voice"],
  ["post", "/api/webhooks/vapi", tool("find_my_appointments", { name: "Ana Reyes" }), "json", "voice"],
  ["post", "/api/webhooks/vapi", tool("join_waitlist", visit), "json", "voice"],
  ["post", "/api/webhooks/vapi", tool("notify_hot_lead", { leadName: "Ana", leadPhone: "+13105550123", summary: "Asks for a laser", urgency: "high" }), "json", "voice"],
  ["post", "/api/webhooks/vapi", { message: { type: "transcript", call, role: "user", transcriptType: "final", transcript: "Hello" } }, "json", "voice"],
  ["post", "/api/webhooks/vapi", { message: { type: "end-of-call-report", call, endedReason: "customer-ended-call", analysis: { summary: "Asked" } } }, "json", "voice"],
];

// Nothing of this is about how often one may try.
for (const name of ["PER_ACCOUNT_AND_ADDRESS", "PER_ACCOUNT", "PER_ADDRESS"]) process.env[`VOXANNE_ACCOUNTS_ATTEMPTS_${name}_MAX`] = "10000000";
const stop = await start();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop().finally(() => process.exit(1)));
const out = ownDir();
const { demo, talkativeCall } = await import("./demo.mjs");

const agent = new Agent({ keepAlive: true });
let news = 0;
/** What was answered to the target in hand. */
let answered = new Map();
const shown = { nobody: {}, voice: { "x-vapi-secret": demo.webhook_secret }, key: {}, person: {} };

/** A person and a program that nobody has seen: neither reads more within the hour than anybody may. */
async function renew() {
  const headers = { authorization: `Bearer ${demo.api_key}`, "content-type": KIND.json };
  const keys = `${demo.base_url}/api/v1/keys`;
  const { items } = await (await fetch(keys, { headers })).json();
  for (const { id } of items.filter(({ name }) => name !== items[0].name)) await fetch(`${keys}/${id}`, { method: "DELETE", headers });
  const made = await fetch(keys, { method: "POST", headers, body: JSON.stringify({ name: "sqlmap", scopes: items[0].scopes }) });
  shown.key = { authorization: `Bearer ${(await made.json()).key}` };
  const body = new URLSearchParams({ email: demo.sign_ins[0].email, password: demo.sign_ins[0].password });
  const entered = await fetch(`${demo.base_url}/sign-in`, { method: "POST", redirect: "manual", body, headers: { origin: demo.base_url } });
  shown.person = { cookie: entered.headers.get("set-cookie").split(";")[0] };
}

/** The search that sqlmap must find: `psql` is given what was asked for as it comes. */
function unbound(asked, answer) {
  const args = ["-At", "-c", `select name from services where name like '${asked.searchParams.get("q")}'`, demo.admin_database_url];
  const psql = spawn("psql", args);
  let said = "";
  psql.stdout.on("data", (chunk) => (said += chunk));
  psql.stderr.on("data", (chunk) => (said += chunk));
  psql.on("close", () => answer.end(said));
}

const relay = createServer((asked, answer) => {
  if (asked.url.startsWith("/unbound?")) return unbound(new URL(asked.url, demo.base_url), answer);
  const parts = [];
  asked.on("data", (part) => parts.push(part));
  asked.on("end", () => {
    news += 1;
    const [phone, name] = [`+13105${100_000 + news}`, [...String(news)].map((digit) => "abcdefghij"[digit]).join("")];
    const body = Buffer.concat(parts).toString("latin1").replaceAll(NEW, randomUUID()).replaceAll(NEW_PHONE, phone).replaceAll(NEW_NAME, `New${name}`);
    const [, as, rest] = asked.url.match(/^\/([a-z]+)(\/.*)$/);
    const headers = { ...asked.headers, ...shown[as], origin: demo.base_url, host: new URL(demo.base_url).host, "content-length": String(Buffer.byteLength(body, "latin1")) };
    // What changes a visit was decided on its first version.
    if (asked.method === "POST" && rest.startsWith("/api/v1/appointments/")) headers["if-match"] = '"1"';
    const on = request(demo.base_url + rest, { method: asked.method, headers, agent }, (given) => {
      answered.set(given.statusCode, (answered.get(given.statusCode) ?? 0) + 1);
      answer.writeHead(given.statusCode, given.headers);
      given.pipe(answer);
    });
    on.on("error", () => {
      answered.set("broken", (answered.get("broken") ?? 0) + 1);
      answer.destroy();
    });
    on.end(Buffer.from(body, "latin1"));
  });
});
await new Promise((resolve) => relay.listen(0, "127.0.0.1", resolve));
const relayed = `http://127.0.0.1:${relay.address().port}`;

const document = await (await fetch(`${demo.base_url}/api/v1/openapi.json`)).json();
/** One of each kind of id that there is, by what it begins with. */
const ids = { org: `org_${demo.org_id.replaceAll("-", "")}` };
const idOf = (kind) => ids[kind] ?? `${kind}_${"0".repeat(31)}1`;
const filled = (text) => text.replace(/\$([a-z]+)/g, (_, kind) => (kind === "after" ? "AAAA" : idOf(kind)));

/** What a field whose schema says nothing more is the id of. */
const KINDS = { location_id: "loc", practitioner_id: "res", resource_id: "res", service_id: "svc", contact_id: "con", assistant_id: "asst", assignee_id: "usr" };

/** Something that a schema allows. */
function sample(schema, name = "", required = false) {
  if (schema.$ref) return sample(document.components.schemas[schema.$ref.split("/").at(-1)], name, required);
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return sample(several.find((one) => one.type !== "null"), name, required);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => sample(one, name, required)));
  const type = [schema.type].flat().find((one) => one !== "null");
  if (type === "object" || schema.properties) {
    const all = Object.entries(schema.properties ?? {});
    const is_wanted = (field) => schema.required?.includes(field) || !(required || ["password", "second_factor"].includes(field));
    return Object.fromEntries(all.filter(([field]) => is_wanted(field)).map(([field, of]) => [field, sample(of, field, required)]));
  }
  if (type === "array") return [sample(schema.items, name, required)];
  if (type === "boolean") return name === "active";
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (schema.enum) return schema.enum[0];
  const id = /^\^([a-z]+)_/.exec(schema.pattern ?? "");
  if (id || KINDS[name]) return idOf(id ? id[1] : KINDS[name]);
  if (schema.format === "date") return "2026-12-01";
  if (schema.format === "date-time" || /_at$|since|until/.test(name)) return "2026-12-01T18:00:00Z";
  if (/phone|number|sender/.test(name)) return NEW_PHONE;
  if (/zone/.test(name)) return "America/Denver";
  if (/mail|address/.test(name)) return "ana@glow.example";
  if (/time|opens|closes|starts|ends/.test(name)) return "10:00";
  return (schema.maxLength ?? 80) < 60 ? "Ana" : `Ana ${NEW_NAME}`;
}

const asked = (as, method, url, body) =>
  fetch(`${relayed}/${as}${url}`, { method: method.toUpperCase(), redirect: "manual", headers: body && { "content-type": KIND.json }, body: body && JSON.stringify(body) });

/** As many of these as are taken together, and each of the others by itself: a refusal would keep sqlmap from what is behind it. */
async function together(fields, base, is_taken) {
  const [all, alone] = [{ ...base }, []];
  for (const [name, value] of fields) {
    if (await is_taken({ ...all, [name]: value })) all[name] = value;
    else alone.push({ ...base, [name]: value });
  }
  return [...(Object.keys(all).length ? [all] : []), ...alone];
}

/** Queries of an operation: with a cursor of its own, where it gives one. */
async function queries(as, url, parameters) {
  const given = await (await asked(as, "get", `${url}?limit=1`)).json().catch(() => ({}));
  const value = (one) => (one.name === "cursor" ? given.next_cursor ?? "AAAA" : one.description?.match(/`([a-z_]+)`/)?.[1] ?? String(sample(one.schema, one.name)));
  const [needed, others] = [true, false].map((required) => parameters.filter((one) => Boolean(one.required) === required).map((one) => [one.name, value(one)]));
  const is_taken = async (query) => (await asked(as, "get", `${url}?${new URLSearchParams(query)}`)).ok;
  return (await together(others, Object.fromEntries(needed), is_taken)).map((query) => ({ url: `${url}?${new URLSearchParams(query)}` }));
}

async function bodies(as, method, url, schema) {
  const [full, base] = [sample(schema), sample(schema, "", true)];
  const others = Object.entries(full).filter(([name]) => !(name in base));
  const is_taken = async (body) => (await asked(as, method, url, body)).ok;
  return (await together(others, base, is_taken)).map((body) => ({ url, kind: "json", body }));
}

async function operationTargets([route, method, operation]) {
  // Of those who sign in, and of keys, none that is in use; and nothing is taken away that others need.
  const is_spared = method === "delete" || /^\/(team|keys)/.test(route);
  const kind = found.get(route.split("/{")[0]) ?? "x";
  const id = is_spared ? `${kind}_${"0".repeat(31)}1` : idOf(kind);
  const at = route.replace("{kind}/{language}", "reminder/es").replace("{step}", "calendar").replace("{id}", id);
  const as = route.startsWith("/account") ? "person" : "key";
  const url = `/api/v1${at}`;
  const query = (operation.parameters ?? []).filter((one) => one.in === "query");
  const content = operation.requestBody?.content;
  const all = [
    ...(at === route ? [] : [{ url: `${url}*` }]),
    ...(query.length ? await queries(as, url, query) : []),
    ...(content ? await bodies(as, method, url, Object.values(content)[0].schema) : []),
  ];
  return all.map((one) => ({ ...one, name: `${method} ${route}`, method, as }));
}

/** Which kind of id each list has. */
const found = new Map();
async function learnIds() {
  for (const route of Object.keys(document.paths).filter((one) => document.paths[one].get && !one.includes("{"))) {
    const text = await (await fetch(`${demo.base_url}/api/v1${route}`, { headers: shown.key })).text();
    for (const [id, kind] of text.matchAll(/\b([a-z]+)_[0-9a-f]{32}\b/g)) ids[kind] ??= id;
    if (route === "/resources") ids.thing ??= text.match(/"id":"(res_[0-9a-f]{32})"/)?.[1];
    const first = text.match(/"id":"([a-z]+)_[0-9a-f]{32}"/)?.[1];
    if (first) found.set(route, first);
  }
}

/** Every page of the table of routes, those with nothing to ask by left out. */
function pageTargets() {
  const table = readFileSync(path.join(ROOT, "tests/it/routes.rs"), "utf8");
  const pages = [...table.matchAll(/\b(?:page|part)\("(\/[^"]+)"/g)].map(([, page]) => page);
  const sources = spawnSync("grep", ["-rlE", "Query<(Asked|CameBack)>", "src/dashboard"], { cwd: ROOT, encoding: "utf8" }).stdout.trim().split("\n");
  if (sources.length > Object.keys(PAGES).length) throw new Error("a page asks by something that PAGES does not have");
  const kinds = { calls: "call", contacts: "con", messages: "con", visits: "apt", practitioners: "res", sequences: "seq", services: "svc" };
  return pages.flatMap((page) => {
    const kind = page.match(/\/([a-z]+)\/\{id\}/)?.[1];
    const url = page.replace("{id}", idOf(kinds[kind]));
    const target = { name: `get ${page}`, method: "get", as: "person" };
    const asked = PAGES[page] ? [{ ...target, url: `${url}?${filled(PAGES[page])}` }] : [];
    return kind ? [{ ...target, url: `${url}*` }, ...asked] : asked;
  });
}

function otherTargets() {
  return OTHERS.flatMap(([method, route, body, kind, as]) => {
    const target = { name: `${method} ${route.split("?")[0]}`, method, as };
    const url = filled(route.replace("{door}", demo.door_url.split("/").at(-1)));
    const at = url.replace(/\{[a-z]+\}/, "nobodys");
    const path = route.includes("{") ? [{ ...target, url: at.includes("nobodys") ? at.replace("nobodys", "nobodys*") : `${at}*` }] : [];
    const sent = body ? [{ ...target, url: at, kind, body: JSON.parse(filled(JSON.stringify(body))) }] : [];
    return [...path, ...sent, ...(route.includes("?") ? [{ ...target, url: at }] : [])];
  });
}

/** Whether sqlmap finds something; `undefined` where it has not tried. */
async function run({ method, url, as, kind, body }) {
  const args = ["-u", `${relayed}${as ? `/${as}` : ""}${url}`, "--method", method.toUpperCase(), "--batch", "--flush-session", "--output-dir", out];
  args.push("--dbms=PostgreSQL", `--level=${LEVEL}`, "--risk=1", "--technique=BEUST", "--time-sec=2", "--ignore-code=*", "--ignore-redirects", "--disable-coloring");
  // The relay shows who asks; whoever is signed out stays so.
  args.push("--drop-set-cookie", "--keep-alive");
  if (body) args.push("--data", kind === "json" ? JSON.stringify(body) : String(new URLSearchParams(body)), "--headers", `Content-Type: ${KIND[kind]}`);
  const sqlmap = spawn("nice", ["sqlmap", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  sqlmap.stdout.on("data", (chunk) => (said += chunk));
  await new Promise((resolve) => sqlmap.on("close", resolve));
  if (process.env.VOXANNE_SQLMAP_TELLS) console.log(said);
  if (said.includes("identified the following injection point")) return said;
  return /do(es)? not (appear|seem) to be injectable/.test(said) ? "" : undefined;
}

const wrong = [];
let tried = 0;
let requests = 0;
try {
  const proof = await run({ method: "get", url: "/unbound?q=Botox" });
  if (!proof) throw new Error("sqlmap does not find what binds nothing, so this proves nothing");
  await renew();
  await talkativeCall("Paula Webb", "+13105550123", "2026-12-01");
  await learnIds();
  const operations = Object.entries(document.paths).flatMap(([route, item]) => Object.entries(item).map(([method, operation]) => [route, method, operation]));
  // There is one of everything then.
  for (const operation of operations.filter(([, method]) => method === "post")) await operationTargets(operation);
  await learnIds();
  const wanted = ({ name }) => !WORDS.length || WORDS.some((word) => name.includes(word));
  const targets = [];
  for (const operation of operations.filter(([route, method]) => wanted({ name: `${method} ${route}` }))) targets.push(...(await operationTargets(operation)));
  targets.push(...[...pageTargets(), ...otherTargets()].filter(wanted));
  for (const target of targets) {
    await renew();
    answered = new Map();
    const said = await run(target);
    const statuses = [...answered].map(([status, count]) => `${status} ×${count}`).join(", ");
    const line = `${target.name}${target.url.includes("*") ? ", its path" : target.body ? ", its body" : ", its query"}: ${statuses}`;
    console.log(line);
    tried += 1;
    requests += [...answered.values()].reduce((all, count) => all + count, 0);
    if (said) wrong.push(`${line}\n${said}`);
    if (said === undefined) wrong.push(`${line}: was not tried`);
    if ([...answered.keys()].some((status) => status === "broken" || status === 429 || status >= 500)) wrong.push(`${line}: failed`);
  }
} finally {
  relay.close();
  await stop();
}
console.log(`\n${tried} times, ${requests} requests, ${wrong.length} wrong`);
for (const one of wrong) console.error(one);
process.exit(wrong.length ? 1 : 0);
