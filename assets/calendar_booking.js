// The calendar page: books, at a time that was clicked or that is listed.

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
