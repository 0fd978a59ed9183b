// The box in which a text is written: one line, counted in the pieces that a carrier makes of it.

const PLAIN = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const DOUBLE = new Set("^{}\\[~]|€");

function pieces(text) {
  let units = 0;
  for (const char of text) {
    if (PLAIN.has(char)) units += 1;
    else if (DOUBLE.has(char)) units += 2;
    else return { of: text.length, most: text.length <= 70 ? 70 : 67 };
  }
  return { of: units, most: units <= 160 ? 160 : 153 };
}

const box = document.querySelector("textarea[data-segments]");
const told = document.getElementById("segments");

function count() {
  const { of, most } = pieces(box.value);
  const parts = [of, Math.max(1, Math.ceil(of / most))];
  const words = parts[1] === 1 ? box.dataset.segment : box.dataset.segments;
  told.textContent = of === 0 ? "" : words.replace(/\{\}/g, () => parts.shift());
}

if (box) {
  box.addEventListener("input", () => {
    // A text is one line.
    if (box.value.includes("\n")) box.value = box.value.replace(/\s*\n\s*/g, " ");
    count();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      box.form.requestSubmit();
    }
  });
  box.form.addEventListener("api:done", () => {
    box.value = "";
    count();
    box.focus();
  });
}

// The latest text is the one that is read.
const talk = document.getElementById("thread");
talk?.lastElementChild?.scrollIntoView({ block: "nearest" });
document.addEventListener("live:fresh", (event) => {
  if (event.target.id === "thread") event.target.lastElementChild?.scrollIntoView({ block: "nearest" });
});
