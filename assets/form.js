// Forms and buttons that change something: what they say goes to the API as JSON, what it refuses is shown where it belongs.
//
//   <form data-api="PUT /api/v1/settings/alerts" data-done="Saved">   fields by name: "a.b" nests, data-type gives the type
//   <button data-api="POST /api/v1/tasks/task_…/done">                data-body='{"a":1}', data-confirm="Sure?"
//
// data-type: number | money (dollars to cents) | boolean | list (one line each) | json | minutes ("09:30"); an empty field is null
// unless data-empty says "omit" or "text". Afterwards: data-then="reload | close | /path | stay" (stay is the default: live parts
// fetch themselves anew). Several checkboxes of one name with values make a list. data-if-match sends a version.

const words = document.documentElement.dataset;

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
    case "list": return raw === "" ? [] : raw.split("\n").map((line) => line.trim()).filter(Boolean);
    case "json": return JSON.parse(raw);
    case "minutes": { const [h, m] = raw.split(":").map(Number); return h * 60 + m; }
    default: return field.type === "textarea" ? field.value : raw;
  }
}

function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.type === "submit" || field.closest("[data-ignore]")) continue;
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

async function call(request, body, headers = {}) {
  const [method, url] = request.split(" ");
  const init = { method, headers: { accept: "application/json", ...headers }, credentials: "same-origin" };
  if (body !== undefined) {
    init.headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  if (method === "POST") init.headers["idempotency-key"] ??= crypto.randomUUID();
  const response = await fetch(url, init);
  if (response.status === 401) {
    location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
    return new Promise(() => {});
  }
  const kind = response.headers.get("content-type") ?? "";
  const answer = kind.includes("json") ? await response.json() : null;
  return { ok: response.ok, status: response.status, answer };
}

function clear(form) {
  for (const wrong of form.querySelectorAll(".wrong")) wrong.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function refuse(form, problem) {
  const detail = problem?.detail ?? words.failed;
  const name = problem?.field;
  const field = name && [...form.elements].find((one) => one.name === name || one.dataset.field === name || name.startsWith(one.name + "["));
  if (!field) {
    const general = form.querySelector("[data-wrong]");
    if (general) general.textContent = detail;
    else toast(detail, true);
    return;
  }
  field.setAttribute("aria-invalid", "true");
  const place = field.closest(".field")?.querySelector(".wrong");
  if (place) place.textContent = detail;
  else toast(detail, true);
  field.focus();
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
    const { ok, answer } = await call(request, body, headers);
    if (ok) after(submitter?.dataset.api ? submitter : element, answer);
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

// For the scripts of single pages.
window.voxanne = { call, toast };
