// Shows a new key, this once.

document.addEventListener("api:done", (event) => {
  if (!event.target.matches?.("[data-new-key]")) return;
  const made = document.getElementById("made-key");
  made.querySelector("[data-key]").textContent = event.detail.key;
  event.target.closest("dialog")?.close();
  made.showModal();
});
