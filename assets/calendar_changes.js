// The calendar page: moves, cancels and confirms visits, dropped in the grid or in the panel of one.

async function doing(what) {
  busy += 1;
  try {
    return await what();
  } catch {
    toast(document.documentElement.dataset.offline, true);
    return { ok: false, answer: null, isOffline: true };
  } finally {
    busy -= 1;
  }
}

// The grid and the list, once more.
function fresh() {
  document.dispatchEvent(new CustomEvent("live:now"));
}

async function move(visit, to) {
  const answered = await doing(() => api(`POST /api/v1/appointments/${visit.id}/move`, to, visit.version));
  if (answered.ok) {
    refusal.hidden = true;
    toast(`${word("moved")}: ${visit.person}, ${clock(answered.answer.local_starts_at + ":00")}`);
    fresh();
  }
  return answered;
}

// The visit is where it was dropped until the API says otherwise.
async function drop(info, startSeconds, endSeconds) {
  const visit = info.event.extendedProps.visit;
  const to = { starts_at: startSeconds === 0 ? visit.starts_at : instant(later(visit.start, startSeconds)) };
  if (endSeconds !== 0) to.duration_minutes = visit.minutes + endSeconds / 60;
  if (page.by === "practitioner") {
    if (info.newResource) to.practitioner_id = info.newResource.id;
  } else {
    // In the room's own column a visit keeps it; in another it goes there.
    const column = info.newResource?.id ?? (visit.columns.length === 1 ? visit.columns[0] : undefined);
    if (column) to.resource_id = column;
  }
  const answered = await move(visit, to);
  if (answered.ok) return;
  info.revert();
  if (answered.isOffline) return;
  explain(visit, answered.answer, to);
}

// Why a drop was refused, with the other times as buttons; a conflict also shows the visit as it is now.
function explain(visit, problem, to) {
  const take = async (time) => {
    const other = { ...to, starts_at: time.starts_at, practitioner_id: time.practitioner_id };
    const again = await move(visit, other);
    if (!again.ok && !again.isOffline) explain(visit, again.answer, other);
  };
  const isStale = problem?.code === "version_conflict";
  refuseDrop(isStale ? word("changed") : word("stays").replace("{}", visit.person), problem, take);
  if (isStale) fresh();
}

async function become(visit, status, box) {
  const answered = await doing(() => api(`POST /api/v1/appointments/${visit.id}/state`, { status }, visit.version));
  return settled(answered, visit, box);
}

async function settled(answered, visit, box, take) {
  if (answered.ok) {
    toast(word("done"));
    document.getElementById("visit").close();
    fresh();
    return;
  }
  if (answered.isOffline) return;
  const isStale = answered.answer?.code === "version_conflict";
  if (isStale && box) {
    await fill(visit.id);
    box = document.querySelector("#visit [data-refusal]");
  }
  const title = isStale ? word("changed") : word("notChanged");
  if (box) showRefusal(box, title, answered.answer, take);
  else refuseDrop(title, answered.answer, take);
  if (isStale) fresh();
}

// The panel of a visit.

const panel = document.getElementById("visit");

async function fill(id) {
  const response = await ask(`/dashboard/calendar/visits/${id}`, { headers: { "hx-request": "true" } });
  if (!response.ok) throw new Error("visit");
  const part = parsed(await response.text());
  panel.querySelector("[data-panel]").replaceChildren(...part.body.childNodes);
}

async function openVisit(id) {
  try {
    await fill(id);
  } catch {
    toast(document.documentElement.dataset.failed, true);
    return;
  }
  if (!panel.open) panel.showModal();
}

const shownVisit = () => {
  const shown = panel.querySelector("[data-visit-panel]");
  return { id: shown.dataset.visitPanel, version: Number(shown.dataset.version), person: shown.querySelector("h2").textContent, shown };
};

panel?.addEventListener("click", (event) => {
  const comes = event.target.closest("[data-comes]");
  if (comes) {
    const visit = shownVisit();
    const confirms = () => doing(() => api(`POST /api/v1/appointments/${visit.id}/confirm-attendance`, {}, visit.version));
    once(comes, async () => settled(await confirms(), visit, visit.shown.querySelector("[data-refusal]")));
    return;
  }
  const button = event.target.closest("[data-becomes]");
  if (!button) return;
  const visit = shownVisit();
  once(button, () => become(visit, button.dataset.becomes, visit.shown.querySelector("[data-refusal]")));
});

panel?.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  const visit = shownVisit();
  const box = visit.shown.querySelector("[data-refusal]");
  const said = Object.fromEntries(new FormData(form));
  if (form.matches("[data-cancels]")) {
    const body = said.reason.trim() ? { reason: said.reason.trim() } : {};
    once(event.submitter, async () => settled(await doing(() => api(`POST /api/v1/appointments/${visit.id}/cancel`, body, visit.version)), visit, box));
    return;
  }
  if (!form.reportValidity()) return;
  const to = { starts_at: instant(`${said.date}T${said.time}`), practitioner_id: said.practitioner_id || undefined, resource_id: said.resource_id || undefined, duration_minutes: Number(said.duration_minutes) };
  const send = async (body) => {
    const answered = await doing(() => api(`POST /api/v1/appointments/${visit.id}/move`, body, visit.version));
    return settled(answered, visit, box, (time) => send({ ...body, starts_at: time.starts_at, practitioner_id: time.practitioner_id }));
  };
  once(event.submitter, () => send(to));
});

// Nothing is sent twice by two clicks.
async function once(button, what) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await what();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-visit]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openVisit(link.dataset.visit);
  }
  if (event.target.closest("[data-refusal-close]")) refusal.hidden = true;
  if (event.target.closest("[data-book]")) openBooking({});
});
