// Sets the second step up: the picture for the app, then the code, then the recovery codes. Nothing of it is kept anywhere here, unless its person says so.

const part = (name) => document.querySelector(`[data-second-factor="${name}"]`);

document.addEventListener("api:done", (event) => {
  const done = event.target.dataset?.secondFactor;
  if (done === "begin") {
    const confirm = part("confirm");
    confirm.querySelector("[data-picture]").src = "data:image/svg+xml," + encodeURIComponent(event.detail.svg);
    confirm.querySelector("[data-secret]").textContent = event.detail.secret.replace(/(.{4})/g, "$1 ").trim();
    part("begin").hidden = true;
    confirm.hidden = false;
    confirm.dataset.held = "";
    confirm.querySelector("input").focus();
  }
  if (done === "confirm") {
    const list = part("codes").querySelector("[data-codes]");
    for (const code of event.detail.recovery_codes) {
      const line = document.createElement("li");
      const text = document.createElement("code");
      text.textContent = code;
      line.append(text);
      list.append(line);
    }
    part("confirm").hidden = true;
    part("codes").hidden = false;
    part("codes").dataset.held = "";
    // Else whoever listens would be nowhere: what had the focus is gone.
    part("codes").querySelector("[data-told]").focus();
    const state = part("state").firstElementChild;
    state.textContent = part("state").dataset.on;
    state.className = "badge good";
  }
});

// Both are of the browser alone: the codes are sent nowhere.
const KEEPS = {
  copy: (text) => navigator.clipboard.writeText(text),
  file: (text) => {
    const link = document.createElement("a");
    link.href = "data:text/plain;charset=utf-8," + encodeURIComponent(text);
    link.download = "voxanne-recovery-codes.txt";
    link.click();
  },
};

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-keeps]");
  if (!button) return;
  const codes = [...part("codes").querySelectorAll("[data-codes] code")].map((code) => code.textContent);
  try {
    await KEEPS[button.dataset.keeps](codes.join("\n") + "\n");
    window.voxanne.toast(button.dataset.done);
  } catch {
    window.voxanne.toast(document.documentElement.dataset.failed, true);
  }
});
