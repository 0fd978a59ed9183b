// What pages of the settings have besides forms: what a test found, what is shown this once, the slider, what other rules would change.
//
//   data-checks="found"                    what the answer's checks say goes into the list #found
//   data-shows="key" data-into="new-key"   that member of the answer is shown in #new-key, with whatever [data-sheet] it brings
//   data-copy="new-key"                    copies the code or text of #new-key

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function showChecks(list, checks) {
  list.replaceChildren(...checks.map((check) => {
    const line = document.createElement("li");
    const said = element("span", check.detail, "wide");
    if (check.fix) said.append(document.createElement("br"), element("strong", check.fix, "small"));
    line.append(said, element("span", check.ok ? list.dataset.right : list.dataset.wrong, check.ok ? "badge good" : "badge bad"));
    return line;
  }));
}

function showOnce(box, value) {
  box.querySelector("code").textContent = value;
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

// What to paste, with the address that was just opened in it.
function fill(sheet) {
  for (const place of document.querySelectorAll("[data-sheet]")) {
    const value = place.dataset.sheet.split(".").reduce((at, part) => at?.[part], sheet);
    if (value !== undefined) place.textContent = JSON.stringify(value, null, 2);
  }
}

document.addEventListener("api:done", ({ target, detail }) => {
  const { checks, shows, into } = target.dataset;
  if (checks && detail?.checks) showChecks(document.getElementById(checks), detail.checks);
  if (shows && detail?.[shows]) showOnce(document.getElementById(into), detail[shows]);
  if (detail?.sheet) fill(detail.sheet);
});

document.addEventListener("click", async ({ target }) => {
  const copies = target.closest("[data-copy]");
  if (copies) {
    const from = document.getElementById(copies.dataset.copy);
    await navigator.clipboard.writeText((from.querySelector("code") ?? from).textContent);
    copies.dataset.words ??= copies.textContent;
    copies.textContent = "✓";
    setTimeout(() => { copies.textContent = copies.dataset.words; }, 1500);
    return;
  }
  const previews = target.closest("[data-preview]");
  if (previews) preview(previews);
});

// The slider says what its threshold would have meant.
function say(slider) {
  const line = document.querySelector(`#thresholds [data-threshold="${slider.value}"]`);
  if (line) slider.parentElement.querySelector("output").textContent = line.textContent;
}
for (const slider of document.querySelectorAll("[data-thresholds]")) {
  slider.addEventListener("input", () => say(slider));
  say(slider);
}

function rulesOf(form) {
  const rules = {};
  for (const field of form.elements) {
    if (!field.name?.startsWith("rules.")) continue;
    const parts = field.name.split(".").slice(1);
    const last = parts.pop();
    const at = parts.reduce((into, part) => (into[part] ??= {}), rules);
    if (field.type === "checkbox") at[last] = field.checked;
    else if (field.dataset.type === "list") at[last] = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
    else at[last] = Number(field.value);
  }
  return rules;
}

async function preview(button) {
  const form = document.getElementById(button.dataset.preview);
  const into = document.getElementById(button.dataset.into);
  button.setAttribute("aria-busy", "true");
  const { ok, answer } = await window.voxanne.call("POST /api/v1/settings/scoring/preview", { rules: rulesOf(form) });
  button.removeAttribute("aria-busy");
  if (!ok) return window.voxanne.toast(answer?.detail ?? document.documentElement.dataset.failed, true);
  const list = element("ul", "", "list");
  for (const change of answer.changes) {
    const line = document.createElement("li");
    const link = element("a", change.before.words.concat(change.after.words)[0] ?? change.call_id, "over wide");
    link.href = `/dashboard/calls/${change.call_id}`;
    const was = ({ score, temperature }) => `${score}, ${into.dataset[temperature]}`;
    line.append(link, element("span", `${into.dataset.before} ${was(change.before)} → ${into.dataset.after} ${was(change.after)}`, "soft nowrap"));
    list.append(line);
  }
  into.replaceChildren(element("p", answer.sentence, "banner"), list);
}

// On to Google with a link that only this browser can use.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-google]");
  if (!form) return;
  event.preventDefault();
  const asked = new URLSearchParams({ return_to: form.dataset.return });
  const whose = form.elements.practitioner.value;
  if (whose) asked.set("practitioner", whose);
  const { ok, answer } = await window.voxanne.call(`GET /api/google-oauth/authorize?${asked}`);
  if (ok) location.assign(answer.url);
  else window.voxanne.toast(answer?.detail ?? document.documentElement.dataset.failed, true);
});
