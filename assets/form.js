// Forms and buttons that change something: what they say goes to the API as JSON, what it refuses is shown where it belongs.
//
//   <form data-api="PUT /api/v1/settings/alerts" data-done="Saved">   fields by name: "a.b" nests, data-type gives the type
//   <button data-api="POST /api/v1/tasks/task_…/done">                data-body='{"a":1}', data-confirm="Sure?"
//
// data-type: number | money (dollars to cents) | hours (to minutes) | boolean | list (one line each; data-of="number" takes commas, too) |
// json | minutes ("09:30") | phone (to E.164) | closes (midnight is 24:00) | instant (a wall time in the zone data-zone); an empty field is null
// unless data-empty says "omit" or "text". Afterwards: data-then="reload | close | /path | stay" (stay is the default: live parts
// fetch themselves anew). Several checkboxes of one name with values make a list. data-if-match sends a version.
// data-resets empties the form when it was taken.
// Lists of things: [data-rows] holds a [data-list="needs"] with its [data-row]s, a template of a row and a button [data-add];
// [data-remove] in a row takes it away. A list that is there several times in a form is sent as one.

const words = document.documentElement.dataset;
// The one way from text to elements: what our own server rendered. Browsers that know such policies refuse every other text, and
// scripts in any; the name stands in the header of each page.
const rendered = { createHTML: (html) => html };
const trusted = window.trustedTypes?.createPolicy("voxanne", rendered) ?? rendered;
window.htmx?.registerExtension("voxanne", { init: (htmx) => htmx.initSecurity(trusted) });

function parsed(html) {
  return new DOMParser().parseFromString(trusted.createHTML(html), "text/html");
}
// Said with what nobody asked for: it does not keep anybody signed in.
const BY_ITSELF = { "x-voxanne-by-itself": "1" };

// Every page is one clinic's and says so with whatever it asks for: in another tab its reader may have gone on to another clinic, and
// nothing of that one belongs here. The line that says so goes when they are back.
const OF_ORG = { "x-voxanne-org": words.org };
const elsewhere = document.querySelector(".elsewhere");

async function ask(url, init = {}) {
  const response = await fetch(url, { credentials: "same-origin", ...init, headers: { ...init.headers, ...OF_ORG } });
  elsewhere.hidden = response.status !== 409 || (await response.clone().json()).code !== "other_org";
  return response;
}

document.addEventListener("htmx:config:request", ({ detail }) => Object.assign(detail.ctx.request.headers, OF_ORG));

function toast(text, isBad = false) {
  const box = document.querySelector(".toasts");
  const toast = document.createElement("div");
  toast.className = isBad ? "toast bad" : "toast";
  toast.textContent = text;
  box.append(toast);
  setTimeout(() => toast.remove(), isBad ? 9000 : 4000);
}

function put(into, path, value) {
  const parts = path.split(".");
  const last = parts.pop();
  let at = into;
  for (const part of parts) at = at[part] ??= {};
  at[last] = value;
}

function typed(field) {
  const raw = field.value.trim();
  if (field.type === "checkbox" && field.dataset.type !== "list") return field.checked;
  if (raw === "" && field.dataset.type !== "list") return field.dataset.empty === "text" ? "" : null;
  switch (field.dataset.type) {
    case "number": return Number(raw);
    case "money": return Math.round(Number(raw.replace(/[$,]/g, "")) * 100);
    case "boolean": return raw === "true";
    case "list": return listOf(raw, field.dataset.of === "number");
    case "json": return JSON.parse(raw);
    case "hours": return Math.round(Number(raw) * 60);
    case "closes": return raw === "00:00" ? "24:00" : raw;
    case "phone": return phoneOf(raw);
    case "instant": return instantOf(raw, zoneOf(field));
    case "minutes": { const [h, m] = raw.split(":").map(Number); return h * 60 + m; }
    default: return field.type === "textarea" ? field.value : raw;
  }
}

// One line each; numbers may stand on one line, with commas between.
function listOf(raw, areNumbers) {
  const all = raw.split(areNumbers ? /[\n,]/ : "\n").map((line) => line.trim()).filter(Boolean);
  return areNumbers ? all.map(Number) : all;
}

// (310) 555-0142 is a number of North America; everything else is sent as it is written.
function phoneOf(raw) {
  const digits = raw.replace(/[^0-9]/g, "");
  if (raw.startsWith("+")) return "+" + digits;
  if (digits.length === 10) return "+1" + digits;
  return digits.length === 11 && digits[0] === "1" ? "+" + digits : raw;
}

// The zone of a wall time: the field's own, or that of what is chosen in the select that data-zone-of names.
function zoneOf(field) {
  const select = field.dataset.zoneOf && field.form.elements[field.dataset.zoneOf];
  return select?.selectedOptions[0]?.dataset.zone ?? field.dataset.zone ?? "UTC";
}

// What a clock in `zone` shows at `at`, as if it were UTC.
function wallOf(at, zone) {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric",
    day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
}

function instantOf(local, zone) {
  const wanted = Date.parse(local + "Z");
  let at = wanted;
  for (let round = 0; round < 2; round++) at += wanted - wallOf(at, zone);
  return new Date(at).toISOString();
}

// The row or form that a field or list belongs to.
function ownerOf(element) {
  return element.parentElement.closest("[data-row], form");
}

// A row with a box to tick is sent only when it is ticked.
function isSent(row) {
  return row.hasAttribute("data-row") && row.querySelector("[data-ticks-row]")?.checked !== false;
}

function bodyOf(root) {
  const body = {};
  for (const list of root.querySelectorAll("[data-list]")) {
    if (ownerOf(list) !== root || list.closest("[data-ignore]")) continue;
    const rows = [...list.children].filter(isSent).map(bodyOf);
    const before = list.dataset.list.split(".").reduce((at, part) => at?.[part], body) ?? [];
    put(body, list.dataset.list, [...before, ...rows]);
  }
  for (const field of root.elements ?? root.querySelectorAll("input, select, textarea")) {
    if (!field.name || field.disabled || field.type === "submit" || field.closest("[data-ignore]")) continue;
    const owner = ownerOf(field);
    if (owner !== root && owner?.hasAttribute("data-row")) continue;
    if (field.type === "radio" && !field.checked) continue;
    if (field.type === "checkbox" && field.hasAttribute("value") && field.dataset.type === "list") {
      const path = field.name.split(".");
      const list = path.reduce((at, part) => at?.[part], body);
      if (!list) put(body, field.name, []);
      if (field.checked) path.reduce((at, part) => at[part], body).push(field.dataset.of === "number" ? Number(field.value) : field.value);
      continue;
    }
    const value = field.multiple ? [...field.selectedOptions].map((option) => option.value) : typed(field);
    if (value === null && field.dataset.empty === "omit") continue;
    put(body, field.name, value);
  }
  return body;
}

// As a refusal names it: needs[0].any_of.
function pathOf(field) {
  let name = field.dataset.field ?? field.name ?? field.dataset.list;
  for (let row = field.parentElement.closest("[data-row]"); row; row = row.parentElement.closest("[data-row]")) {
    const list = row.parentElement.closest("[data-list]").dataset.list;
    const all = [...row.closest("form").querySelectorAll(`[data-list="${list}"] > [data-row]`)].filter(isSent);
    name = `${list}[${all.indexOf(row)}].${name}`;
  }
  return name;
}

async function call(request, body, headers = {}) {
  const [method, url] = request.split(" ");
  const init = { method, headers: { accept: "application/json", ...headers } };
  if (body !== undefined) {
    init.headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  if (method === "POST") init.headers["idempotency-key"] ??= crypto.randomUUID();
  const response = await ask(url, init);
  if (response.status === 401) {
    toSignIn();
    return new Promise(() => {});
  }
  const kind = response.headers.get("content-type") ?? "";
  const answer = kind.includes("json") ? await response.json() : null;
  return { ok: response.ok, status: response.status, answer, etag: response.headers.get("etag") };
}

function clear(form) {
  for (const wrong of form.querySelectorAll(".wrong")) wrong.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function refuse(form, problem) {
  const detail = problem?.detail ?? words.failed;
  const name = problem?.field;
  const all = name ? [...form.querySelectorAll("input, select, textarea, [data-list]")].filter(pathOf) : [];
  const field = all.find((one) => pathOf(one) === name)
    ?? all.reverse().find((one) => [".", "["].some((next) => name.startsWith(pathOf(one) + next)));
  if (!field) {
    const general = form.querySelector("[data-wrong]");
    if (general) general.textContent = detail;
    else toast(detail, true);
    return;
  }
  if (field.matches("input, select, textarea")) field.setAttribute("aria-invalid", "true");
  const place = field.closest(".field")?.querySelector(".wrong");
  if (place) place.textContent = detail;
  else toast(detail, true);
  for (let closed = field.closest("details:not([open])"); closed; closed = closed.parentElement.closest("details:not([open])")) closed.open = true;
  if (field.matches("[data-list]")) place?.scrollIntoView({ block: "center" });
  else field.focus();
}

function after(element, answer) {
  const done = element.dataset.done;
  if (done) toast(done);
  element.dispatchEvent(new CustomEvent("api:done", { bubbles: true, detail: answer }));
  const then = (element.dataset.then ?? "stay").replace("{id}", answer?.id ?? "");
  const dialog = element.closest("dialog");
  if (dialog) dialog.close();
  if (then === "reload") location.reload();
  else if (then.startsWith("/")) location.assign(then);
  else document.dispatchEvent(new CustomEvent("live:now"));
}

async function send(element, submitter, body) {
  const sure = (submitter ?? element).dataset.confirm;
  if (sure && !confirm(sure)) return;
  const request = submitter?.dataset.api ?? element.dataset.api;
  const headers = element.dataset.ifMatch ? { "if-match": element.dataset.ifMatch } : {};
  const busy = submitter ?? element;
  busy.setAttribute("aria-busy", "true");
  try {
    const { ok, answer, etag } = await call(request, body, headers);
    if (ok) {
      delete element.dataset.dirty;
      if ("resets" in element.dataset) element.reset();
      if (etag && element.dataset.ifMatch) element.dataset.ifMatch = etag;
      after(submitter?.dataset.api ? submitter : element, answer);
    }
    else if (element instanceof HTMLFormElement) refuse(element, answer);
    else toast(answer?.detail ?? words.failed, true);
  } catch (error) {
    if (!(error instanceof SyntaxError)) toast(words.offline, true);
    else toast(words.failed, true);
  } finally {
    busy.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.api || event.defaultPrevented) return;
  event.preventDefault();
  if ((event.submitter ?? form).getAttribute("aria-busy") === "true") return;
  clear(form);
  const isRead = (event.submitter?.dataset.api ?? form.dataset.api).startsWith("DELETE");
  send(form, event.submitter, isRead ? undefined : bodyOf(form));
});

document.addEventListener("click", (event) => {
  const opens = event.target.closest("[data-opens]");
  if (opens) {
    document.getElementById(opens.dataset.opens)?.showModal();
    return;
  }
  if (event.target.closest("[data-closes]")) {
    event.target.closest("dialog")?.close();
    return;
  }
  const button = event.target.closest("button[data-api]");
  if (!button || (button.type === "submit" && button.form)) return;
  if (button.getAttribute("aria-busy") === "true") return;
  const body = button.dataset.body ? JSON.parse(button.dataset.body) : undefined;
  send(button, null, button.dataset.api.startsWith("POST") ? (body ?? {}) : body);
});

// Rows of lists.
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add]");
  const remove = event.target.closest("[data-remove]");
  const copy = event.target.closest("[data-copies]");
  if (add) {
    const box = add.closest("[data-rows]");
    const list = box.querySelector("[data-list]");
    const template = box.querySelector(add.dataset.add ? `template[data-name="${add.dataset.add}"]` : "template");
    list.append(template.content.cloneNode(true));
    list.lastElementChild.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else if (remove) {
    const box = remove.closest("[data-rows]");
    remove.closest("[data-row]").remove();
    box.querySelector("[data-add]")?.focus();
  } else if (copy) {
    copyRows(copy.closest("[data-rows]"), copy.dataset.copies.split(" "));
  }
  const form = (add ?? remove ?? copy)?.closest("form");
  if (form) form.dataset.dirty = "";
});

// The rows of one box in others of the form, such as Monday's hours on the days after it; data-own fields stay the box's own.
function copyRows(from, ids) {
  for (const id of ids) {
    const list = document.getElementById(id).querySelector("[data-list]");
    list.replaceChildren(...[...from.querySelectorAll("[data-list] > [data-row]")].map((row) => {
      const copy = row.cloneNode(true);
      const [olds, news] = [row, copy].map((one) => [...one.querySelectorAll("input, select, textarea")]);
      news.forEach((field, at) => { field.value = "own" in field.dataset ? list.dataset.own : olds[at].value; });
      return copy;
    }));
  }
}

// What somebody is changing is not fetched anew under their hands.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-api]");
  if (form) form.dataset.dirty = "";
});

// For the scripts of single pages.
window.voxanne = { ask, call, toast, parsed, BY_ITSELF };
