// The calendar page: the grid over what the page itself lists. One file with calendar_changes.js and calendar_booking.js. Everything
// is written by the API; the words of a refusal are the API's, the others stand in the page.

const { ask, call, toast, parsed, BY_ITSELF } = window.voxanne;
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

if (grid) {
  document.addEventListener("live:event", (event) => ["appointment", "calendar", "settings", "contact"].includes(event.detail.kind) && calendar && soon());
  document.addEventListener("live:now", () => calendar && soon(0));
  phone.addEventListener("change", again);
  start();
} else {
  // The clinic has its first location now, and with it a grid.
  document.addEventListener("live:fresh", () => document.getElementById("calendar") && location.reload());
}
