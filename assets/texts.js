// Words of texts are tried while they are written: as a patient reads them, and what they cost.

const timers = new WeakMap();

function show(form, found) {
  form.querySelector("[data-example]").textContent = found.example ?? "";
  form.querySelector("[data-segments]").textContent = found.segments;
  form.querySelector("[data-longest]").textContent = found.segments_at_longest;
  form.querySelector("[data-costly]").textContent = found.costly_characters;
  form.querySelector("[data-costly-note]").hidden = !found.costly_characters;
  form.querySelector("[data-flaws]").replaceChildren(...found.problems.map((flaw) => {
    const line = document.createElement("li");
    line.textContent = flaw.detail;
    return line;
  }));
}

async function tried(area) {
  const [kind, language] = area.dataset.tries.split(" ");
  const body = area.value.trim();
  if (!body) return;
  const { ok, answer } = await window.voxanne.call("POST /api/v1/text-templates/preview", { kind, language, body });
  // What was typed since is tried by its own timer.
  if (ok && area.value.trim() === body) show(area.form, answer);
}

document.addEventListener("input", (event) => {
  const area = event.target.closest("[data-tries]");
  if (!area) return;
  clearTimeout(timers.get(area));
  timers.set(area, setTimeout(() => tried(area), 350));
});
