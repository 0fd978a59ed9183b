// Sets the second step up: the picture for the app, then the code, then the recovery codes. Nothing of it is kept anywhere here.

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
    const state = part("state").firstElementChild;
    state.textContent = part("state").dataset.on;
    state.className = "badge good";
  }
});
