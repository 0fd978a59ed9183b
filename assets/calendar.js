// The calendar page: the grid over what the page itself lists, and the ways to change a visit. Everything is written by the
// API; the words of a refusal are the API's, the others stand in the page.

const { call, toast, parsed, BY_ITSELF } = window.voxanne;
const grid = document.getElementById("calendar");
const page = grid?.dataset;
const word = (name) => page["word" + name[0].toUpperCase() + name.slice(1)] ?? "";
const mayWrite = page?.mayWrite === "true";
const phone = matchMedia("(max-width: 44rem)");
const language = document.documentElement.lang;
const REFRESH_MS = 150;
const NOW_MS = 30000;
const REREAD_MS = 60000;
const SEARCH_MS = 250;

let calendar;
let drawn = { visits: [], blocks: [], shut: [], columns: [] };
let readAt = Date.now();
let busy = 0;
let timer;

// Times of the clinic's clock are text, "2026-11-24T10:00:00", and never go through this browser's own zone.

const asUtc = (wall) => new Date(wall.slice(0, 19) + "Z");
const wallOf = (date) => date.toISOString().slice(0, 19);
const later = (wall, seconds) => wallOf(new Date(asUtc(wall).getTime() + seconds * 1000));

// The instant that a clinic's clock shows as `wall`; of two, the first.
function instant(wall) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: page.zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const shown = (at) => {
    const of = Object.fromEntries(parts.formatToParts(at).map((part) => [part.type, part.value]));
    return Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second);
  };
  const wanted = asUtc(wall.length === 16 ? wall + ":00" : wall).getTime();
  const guesses = [-1, 1].map((side) => wanted - (shown(wanted + side * 86400000) - (wanted + side * 86400000)));
  const right = guesses.filter((at) => shown(at) === wanted);
  return new Date(right.length > 0 ? Math.min(...right) : Math.max(...guesses)).toISOString();
}

// As the pages write it, in both languages alike: 2:15 PM.
const clock = (wall) => new Intl.DateTimeFormat("en-US", { timeZone: "UTC", hour: "numeric", minute: "2-digit" }).format(asUtc(wall));
const ofBrowser = (date) => wallOf(new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes())));
const node = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const api = (request, body, version) =>
  call(request, body, { "accept-language": language, ...(version === undefined ? {} : { "if-match": `"${version}"` }) });

// What a refusal says, in the API's words, and the times that it offers instead.

function causes(problem) {
  const left = (problem?.left_out ?? []).flatMap((visit) => visit.causes.map((cause) => `${visit.nth}. ${cause.staff}`));
  const said = [...(problem?.causes ?? []).map((cause) => cause.staff), ...left, ...(problem?.changes ?? [])];
  return said.length > 0 ? said : [problem?.detail ?? document.documentElement.dataset.failed];
}

function nameOf(id) {
  return drawn.columns.find((column) => column.id === id)?.title ?? document.querySelector(`#book-practitioner option[value="${id}"]`)?.textContent;
}

function others(problem, take) {
  return (problem?.alternatives ?? []).map((time) => {
    const day = time.local_starts_at.slice(0, 10);
    const date = new Intl.DateTimeFormat(language, { timeZone: "UTC", weekday: "short", month: "short", day: "numeric" }).format(asUtc(day + "T00:00:00"));
    const made = node("button", "button small", [date, clock(time.local_starts_at + ":00"), nameOf(time.practitioner_id)].filter(Boolean).join(" · "));
    made.type = "button";
    made.addEventListener("click", () => take(time));
    return made;
  });
}

function showRefusal(box, title, problem, take) {
  const list = node("ul", "plain");
  list.append(...causes(problem).map((said) => node("li", "", said)));
  const instead = others(problem, take);
  const row = node("div", "row");
  if (instead.length > 0) row.append(node("span", "", word("instead")), ...instead);
  const inside = node("div", "stack tight");
  inside.append(node("strong", "", title), list, row);
  box.replaceChildren(inside);
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

const refusal = document.getElementById("refusal");

function refuseDrop(title, problem, take) {
  refusal.querySelector("[data-refusal-title]").textContent = title;
  refusal.querySelector("[data-refusal-why]").replaceChildren(...causes(problem).map((said) => node("li", "", said)));
  const instead = others(problem, take);
  refusal.querySelector("[data-refusal-others]").replaceChildren(...(instead.length > 0 ? [node("span", "", word("instead")), ...instead] : []));
  refusal.hidden = false;
}

// The grid.

// A button in a visit: what the library would do with its click or key is not wanted.
function button(className, press) {
  const made = node("button", className);
  made.type = "button";
  made.addEventListener("click", (clicked) => {
    clicked.stopPropagation();
    press();
  });
  made.addEventListener("keydown", (pressed) => pressed.stopPropagation());
  return made;
}

const statusWord = { pending: word("pending"), arrived: word("arrived"), completed: word("completed"), no_show: word("noShow") };
const isAhead = (visit) => visit.status === "pending" || visit.status === "scheduled";

function asEvents() {
  const visits = drawn.visits.map((visit) => ({
    id: visit.id,
    resourceIds: visit.columns,
    start: visit.start,
    end: visit.end,
    title: visit.person,
    startEditable: mayWrite && isAhead(visit),
    durationEditable: mayWrite && isAhead(visit),
    classNames: ["is-visit", "is-" + visit.status],
    extendedProps: { visit },
  }));
  // A day that all share is shaded when none of them is there; who is not there on it stands in its head.
  const shown = isByDay() ? [...drawn.shut, ...drawn.blocks.filter((block) => block.kind !== "closed")] : drawn.blocks;
  const blocks = shown.map((block, at) => ({
    id: `block-${at}`,
    resourceIds: block.columns,
    start: block.start,
    end: block.end,
    title: block.title,
    // In a day that all share, what keeps one of them stands beside the visits of the others.
    display: isByDay() && block.columns.length < drawn.columns.length ? "auto" : "background",
    editable: false,
    classNames: ["is-block", "is-" + block.kind],
    extendedProps: { block },
  }));
  return [...blocks, nowLine(), ...visits];
}

// The library's own line goes by this browser's clock and zone.
function nowLine() {
  const now = wallOf(new Date(asUtc(drawn.now).getTime() + Date.now() - readAt));
  return { id: "now", resourceIds: drawn.columns.map((column) => column.id), start: now, end: later(now, 60), title: "", display: "background", classNames: ["is-now"], extendedProps: {} };
}

function content({ event }) {
  const { visit, block } = event.extendedProps;
  if (block) {
    const whose = isByDay() && block.columns.length < drawn.columns.length ? block.columns.map((id) => initials(nameOf(id))).join(", ") : "";
    const until = block.kind === "closed" ? "" : `${clock(block.start)} – ${clock(block.end)}`;
    return { domNodes: [node("span", "why", [whose, block.title, until].filter(Boolean).join(" "))] };
  }
  if (!visit) return event.id === "now" ? { domNodes: [] } : undefined;
  // While it is dragged, where it is.
  const [start, end] = [ofBrowser(event.start), ofBrowser(event.end)];
  const first = node("span", "when", isByDay() ? `${whoseVisit(visit)} ${clock(start)}` : `${clock(start)} – ${clock(end)}`);
  const beside = page.by === "practitioner" && !isByDay() ? visit.things.join(", ") : visit.practitioner;
  const what = node("span", "what", beside ? `${visit.service} · ${beside}` : visit.service);
  // One line is all that a short visit has.
  const isShort = visit.minutes < 30;
  const nodes = isShort ? [node("span", "person", `${first.textContent} ${visit.person}`), what] : [first, node("span", "person", visit.person), what];
  if (statusWord[visit.status]) nodes.splice(1, 0, node("span", "state", statusWord[visit.status]));
  const opens = button("open", () => openVisit(visit.id));
  opens.dataset.event = visit.id;
  opens.append(...nodes);
  if (visit.status !== "pending" || !mayWrite) return { domNodes: [opens] };
  const confirms = button("confirm", () => once(confirms, () => become(visit, "scheduled")));
  confirms.textContent = word("confirm");
  confirms.setAttribute("aria-label", `${word("confirm")}: ${visit.person}`);
  confirms.addEventListener("pointerdown", (pressed) => pressed.stopPropagation());
  return { domNodes: [opens, confirms] };
}

function shownColumns() {
  const all = drawn.columns.map((column) => ({ id: column.id, title: column.title }));
  const only = page.who || (phone.matches ? document.getElementById("who").value || all[0]?.id : "");
  return only ? all.filter((column) => column.id === only) : all;
}

// A week of several columns is drawn by day, or it would be many times as wide as a screen: whose a visit is stands in it.
function isByDay() {
  return page.view === "week" && shownColumns().length > 1;
}

// "Dr. Maya Chen" is MC, "Treatment Room 1" TR1.
const initials = (name = "") => name.replace(/^\p{L}+\.\s+/u, "").split(/\s+/).map((part) => (/^\d/.test(part) ? part : part.slice(0, 1))).join("");
const whoseVisit = (visit) => (page.by === "practitioner" ? initials(visit.practitioner) : visit.columns.map((id) => initials(nameOf(id))).join(", "));

const isDayOff = (block) => block.kind === "closed" && block.start.endsWith("T00:00:00") && block.end.slice(0, 10) > block.start.slice(0, 10);
const daysOff = () => JSON.stringify(drawn.blocks.filter(isDayOff));

// Who is not there on a day, while others are.
function offOn(day) {
  const off = drawn.blocks.filter((block) => isDayOff(block) && block.start.startsWith(day)).flatMap((block) => block.columns);
  return off.length < drawn.columns.length ? off : [];
}

function dayHead(date) {
  const day = ofBrowser(date).slice(0, 10);
  const said = new Intl.DateTimeFormat(language === "es" ? "es-US" : "en-US", { timeZone: "UTC", weekday: "short", month: "short", day: "numeric" }).format(asUtc(day + "T00:00:00"));
  const off = isByDay() ? offOn(day).map(nameOf) : [];
  if (off.length === 0) return said;
  const who = node("span", "off", `${word("away")}: ${off.map(initials).join(", ")}`);
  who.title = off.join(", ");
  return { domNodes: [document.createTextNode(said), who] };
}

function options() {
  const isWeek = page.view === "week";
  return {
    view: isByDay() ? "timeGridWeek" : isWeek ? "resourceTimeGridWeek" : "resourceTimeGridDay",
    date: page.date,
    headerToolbar: { start: "", center: "", end: "" },
    timeZone: "local",
    locale: language === "es" ? "es-US" : "en-US",
    firstDay: 1,
    allDaySlot: false,
    datesAboveResources: isWeek,
    highlightedDates: [page.today],
    resources: shownColumns(),
    columnWidth: isByDay() ? "minmax(6.5rem, 1fr)" : isWeek ? "minmax(8.5rem, 1fr)" : "minmax(9rem, 1fr)",
    slotDuration: "00:15",
    slotLabelInterval: "01:00",
    slotLabelFormat: (time) => clock(ofBrowser(time)),
    // A quarter of an hour, in the page's own unit: three of them hold the lines of a visit at any width.
    slotHeight: Math.round(1.375 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)),
    slotMinTime: drawn.opens,
    slotMaxTime: drawn.closes,
    scrollTime: scrollTo(),
    slotEventOverlap: false,
    dayHeaderFormat: dayHead,
    events: asEvents(),
    eventContent: content,
    dateClick: mayWrite ? ({ dateStr, resource }) => openBooking({ wall: dateStr.slice(0, 19), column: resource?.id }) : undefined,
    eventDrop: (info) => drop(info, info.delta.days * 86400 + info.delta.seconds, 0),
    eventResize: (info) => drop(info, 0, info.endDelta.days * 86400 + info.endDelta.seconds),
    longPressDelay: 500,
    dragScroll: true,
  };
}

// An hour before now on the day that is today, else where it opens.
function scrollTo() {
  if (page.today < page.from || page.today > page.to) return drawn.opens;
  const hour = Math.max(0, Number(drawn.now.slice(11, 13)) - 1);
  return `${String(hour).padStart(2, "0")}:00`;
}

async function read(headers) {
  const query = new URLSearchParams({ from: page.from, to: page.to, by: page.by, location: page.location });
  const { ok, answer } = await call(`GET /dashboard/calendar/events?${query}`, undefined, headers);
  if (!ok) throw new Error("events");
  drawn = answer;
  readAt = Date.now();
}

// Whether the grid is what the clinic has, in words: while it is read at first, and as long as it cannot be.
function say(words, isBad = false) {
  const state = document.getElementById("grid-state");
  state.hidden = !words;
  state.classList.toggle("bad", isBad);
  if (state.textContent !== words) state.textContent = words;
}

async function refresh() {
  if (busy > 0) return soon();
  try {
    await read(BY_ITSELF);
  } catch {
    say(word("failed"), true);
    return soon(5000);
  }
  say("");
  if (busy > 0) return soon();
  draw();
}

function draw() {
  // What does not change is not set again: the grid would scroll back to where it began.
  const hours = `${drawn.opens} ${drawn.closes}`;
  if (hours !== calendar.hours) {
    calendar.hours = hours;
    calendar.setOption("slotMinTime", drawn.opens);
    calendar.setOption("slotMaxTime", drawn.closes);
  }
  const off = daysOff();
  if (off !== calendar.off) {
    calendar.off = off;
    calendar.setOption("dayHeaderFormat", (date) => dayHead(date));
  }
  const columns = shownColumns();
  if (JSON.stringify(columns) !== JSON.stringify(calendar.shown)) {
    calendar.shown = columns;
    calendar.setOption("resources", columns);
  }
  // What has the keyboard's focus is drawn anew, and has it again.
  const focused = grid.contains(document.activeElement) ? document.activeElement.dataset.event : undefined;
  calendar.setOption("events", asEvents());
  if (focused) requestAnimationFrame(() => grid.querySelector(`[data-event="${focused}"]`)?.focus({ preventScroll: true }));
}

function soon(pause = REFRESH_MS) {
  clearTimeout(timer);
  timer = setTimeout(refresh, pause);
}

function create() {
  calendar = EventCalendar.create(grid, options());
  calendar.shown = shownColumns();
  calendar.hours = `${drawn.opens} ${drawn.closes}`;
  calendar.off = daysOff();
  // To the day that was asked for, not to this browser's today.
  if (page.view === "week") calendar.gotoDate(page.date);
  if (phone.matches && !page.who && calendar.shown[0]) document.getElementById("who").value = calendar.shown[0].id;
}

// The phone was turned, or the window has another width: the grid has other columns.
function again() {
  if (!calendar) return;
  if (!phone.matches && !page.who) document.getElementById("who").value = "";
  EventCalendar.destroy(calendar);
  create();
}

async function start() {
  document.getElementById("grid-card").hidden = false;
  try {
    await read();
  } catch {
    say(word("failed"), true);
    setTimeout(start, 5000);
    return;
  }
  say("");
  grid.removeAttribute("aria-busy");
  create();
  name();
  new MutationObserver(name).observe(grid, { childList: true, subtree: true });
  if (drawn.has_more) toast(word("more"), true);
  setInterval(() => calendar.updateEvent(nowLine()), NOW_MS);
  // Holds lapse, and other calendars change, without a word.
  setInterval(() => document.visibilityState === "visible" && soon(0), REREAD_MS);
  if (page.open) openVisit(page.open);
}

// The library calls its boxes a table, whose cells are empty and whose visits are in none of them. They are a group of
// visits, each a button with its words; the table is below.
function name() {
  const root = grid.querySelector(".ec");
  if (!root) return;
  if (root.getAttribute("role") !== "group") {
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", word("grid"));
  }
  for (const part of root.querySelectorAll('[role="row"], [role="rowgroup"], [role="cell"], [role="columnheader"]')) {
    part.removeAttribute("role");
    part.removeAttribute("aria-colindex");
    part.removeAttribute("aria-colspan");
  }
  for (const visit of root.querySelectorAll('article[role="button"]')) {
    visit.removeAttribute("role");
    visit.removeAttribute("tabindex");
  }
  for (const label of root.querySelectorAll("span[aria-label], time[aria-label]")) label.removeAttribute("aria-label");
  const scrolls = root.querySelector(".ec-main");
  if (scrolls && !scrolls.hasAttribute("tabindex")) scrolls.setAttribute("tabindex", "0");
}

// Changes.

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

// Booking.

const booking = document.getElementById("book");
const form = document.getElementById("book-form");
let asked = 0;

function openBooking({ wall, column }) {
  const box = booking.querySelector("[data-refusal]");
  box.hidden = true;
  for (const wrong of form.querySelectorAll(".wrong")) wrong.textContent = "";
  form.elements.date.value = wall ? wall.slice(0, 10) : page.date;
  form.elements.time.value = wall ? wall.slice(11, 16) : "";
  form.elements.resource_id.value = "";
  if (column) {
    const isPerson = page.by === "practitioner";
    chooseFor(column, isPerson ? "people" : "things");
    form.elements[isPerson ? "practitioner_id" : "resource_id"].value = column;
  }
  fitPeople();
  booking.showModal();
  form.elements.name.focus();
  listTimes();
}

// The first treatment that this person gives, or that takes this room or device, unless the one that is chosen does.
function chooseFor(column, whose) {
  const gives = (option) => option.dataset[whose].split(" ").includes(column);
  const select = form.elements.service_id;
  if (gives(select.selectedOptions[0])) return;
  const first = [...select.options].find(gives);
  if (first) select.value = first.value;
}

// Only those who give the treatment, and only what it takes.
function fitPeople() {
  const chosen = form.elements.service_id.selectedOptions[0]?.dataset;
  for (const [name, whose] of [["practitioner_id", "people"], ["resource_id", "things"]]) {
    const able = chosen?.[whose].split(" ") ?? [];
    for (const option of form.elements[name].options) {
      option.hidden = option.disabled = option.value !== "" && !able.includes(option.value);
      if (option.hidden && option.selected) form.elements[name].value = "";
    }
  }
}

async function listTimes() {
  const place = form.querySelector("[data-times]");
  const of = form.elements;
  const mine = ++asked;
  if (!of.date.value || !of.service_id.value) return place.replaceChildren();
  const query = new URLSearchParams({ service_id: of.service_id.value, location_id: page.location, from: of.date.value, to: of.date.value });
  for (const name of ["practitioner_id", "resource_id"]) {
    if (of[name].value) query.set(name, of[name].value);
  }
  let found;
  try {
    found = await api(`GET /api/v1/openings?${query}`);
  } catch {
    return;
  }
  if (mine !== asked) return;
  const items = found.ok ? found.answer.items : [];
  if (items.length === 0) return place.replaceChildren(node("p", "soft", found.answer?.obstacle?.staff ?? word("none")));
  place.replaceChildren(...items.map((time) => {
    const button = node("button", "button small", clock(time.local_starts_at + ":00"));
    button.type = "button";
    button.title = nameOf(time.practitioner_id) ?? "";
    button.setAttribute("aria-pressed", String(time.local_starts_at.slice(11) === of.time.value));
    button.addEventListener("click", () => {
      of.time.value = time.local_starts_at.slice(11);
      press();
    });
    button.dataset.time = time.local_starts_at.slice(11);
    return button;
  }));
}

function press() {
  for (const button of form.querySelectorAll("[data-time]")) button.setAttribute("aria-pressed", String(button.dataset.time === form.elements.time.value));
}

// Whoever was here before is found by name or number.

const people = document.getElementById("book-people");
let typed = 0;
let pause;

function offerPeople(found) {
  const input = form.elements.name;
  people.replaceChildren(...found.map((person, at) => {
    const option = node("div", "", [person.name, person.phone].filter(Boolean).join(" · "));
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.id = `book-person-${at}`;
    option.addEventListener("pointerdown", (pressed) => pressed.preventDefault());
    option.addEventListener("click", () => {
      input.value = person.name ?? "";
      form.elements.phone.value = person.phone;
      offerPeople([]);
    });
    return option;
  }));
  people.hidden = found.length === 0;
  input.setAttribute("aria-expanded", String(found.length > 0));
  input.removeAttribute("aria-activedescendant");
}

async function findPeople(said) {
  const mine = ++typed;
  if (said.length < 2) return offerPeople([]);
  let found;
  try {
    found = await api(`GET /api/v1/search?${new URLSearchParams({ q: said })}`);
  } catch {
    return;
  }
  if (mine === typed && document.activeElement === form.elements.name) offerPeople(found.ok ? found.answer.contacts : []);
}

function chosenPerson(step) {
  const all = [...people.children];
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (step === undefined) return all[at];
  for (const option of all) option.setAttribute("aria-selected", "false");
  const next = all[(at + step + all.length) % all.length] ?? all[0];
  next.setAttribute("aria-selected", "true");
  form.elements.name.setAttribute("aria-activedescendant", next.id);
}

form?.elements.name.addEventListener("input", (event) => {
  clearTimeout(pause);
  pause = setTimeout(() => findPeople(event.target.value.trim()), SEARCH_MS);
});
form?.elements.name.addEventListener("blur", () => offerPeople([]));
form?.elements.name.addEventListener("keydown", (event) => {
  if (people.hidden) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") chosenPerson(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter" && chosenPerson()) chosenPerson().click();
  else if (event.key === "Escape") offerPeople([]);
  else return;
  event.preventDefault();
});

form?.addEventListener("change", (event) => {
  if (event.target.name === "service_id") fitPeople();
  if (["service_id", "practitioner_id", "resource_id", "date"].includes(event.target.name)) listTimes();
  if (event.target.name === "time") press();
});

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!form.reportValidity()) return;
  const of = form.elements;
  const wish = { service_id: of.service_id.value, location_id: page.location, starts_at: instant(`${of.date.value}T${of.time.value}`) };
  if (of.practitioner_id.value) wish.practitioner_id = of.practitioner_id.value;
  if (of.resource_id.value) wish.resource_id = of.resource_id.value;
  for (const name of ["name", "phone", "notes"]) if (of[name].value.trim()) wish[name] = of[name].value.trim();
  once(event.submitter ?? form.querySelector('[type="submit"]'), () => book(wish));
});

async function book(wish) {
  const box = booking.querySelector("[data-refusal]");
  box.hidden = true;
  for (const wrong of form.querySelectorAll(".wrong")) wrong.textContent = "";
  const visits = Number(form.elements.visits.value);
  const series = { first: wish, visits, every_days: Number(form.elements.every_days.value), partial: form.elements.partial.checked };
  const books = () => (visits > 1 ? api("POST /api/v1/series", series) : api("POST /api/v1/appointments", wish));
  const { ok, answer, isOffline } = await doing(books);
  if (ok) {
    booking.close();
    form.reset();
    if (answer.left_out?.length > 0) refuseDrop(word("leftOut"), answer);
    else toast(word("booked"));
    fresh();
    return;
  }
  if (isOffline) return;
  const field = answer?.field && (form.elements[answer.field] ?? form.querySelector(`[data-field="${answer.field}"]`));
  const place = field?.closest(".field")?.querySelector(".wrong");
  if (place) {
    place.textContent = answer.detail;
    field.focus();
    return;
  }
  showRefusal(box, word("notBooked"), answer, (time) => {
    form.elements.date.value = time.local_starts_at.slice(0, 10);
    form.elements.time.value = time.local_starts_at.slice(11, 16);
    press();
    book({ ...wish, starts_at: time.starts_at, practitioner_id: time.practitioner_id });
  });
}

if (grid) {
  document.addEventListener("live:event", (event) => ["appointment", "calendar", "settings", "contact"].includes(event.detail.kind) && calendar && soon());
  document.addEventListener("live:now", () => calendar && soon(0));
  phone.addEventListener("change", again);
  start();
} else {
  // The clinic has its first location now, and with it a grid.
  document.addEventListener("live:fresh", () => document.getElementById("calendar") && location.reload());
}
