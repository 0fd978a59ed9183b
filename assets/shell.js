// The surroundings: the menu on a phone, the theme, the keyboard's short cuts, the search box.

const side = document.querySelector(".side");

function showMenu(isOpen) {
  side.classList.toggle("is-open", isOpen);
  for (const button of document.querySelectorAll("[data-menu]")) button.setAttribute("aria-expanded", String(isOpen));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-menu]")) {
    showMenu(!side.classList.contains("is-open"));
    if (side.classList.contains("is-open")) side.querySelector("a").focus();
  } else if (side?.classList.contains("is-open") && !event.target.closest(".side")) {
    showMenu(false);
  }
});

// The bar is fetched anew when something happens, also while the menu is open.
document.addEventListener("live:fresh", (event) => {
  if (event.target.id === "tabbar") showMenu(side.classList.contains("is-open"));
});

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
}

document.addEventListener("keydown", (event) => {
  const find = document.querySelector(".find input");
  if (event.key === "Escape") {
    if (side?.classList.contains("is-open")) {
      showMenu(false);
      document.querySelector("[data-menu]")?.focus();
    }
    document.querySelector(".suggestions")?.replaceChildren();
    return;
  }
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !find) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  event.preventDefault();
  find.focus();
});
// How many were suggested is said, not each of them.
const suggestions = document.querySelector(".suggestions");
if (suggestions) {
  new MutationObserver(() => {
    document.querySelector("[data-suggested]").textContent = suggestions.querySelector("[data-found]")?.dataset.found ?? "";
  }).observe(suggestions, { childList: true });
}
document.addEventListener("click", (event) => {
  if (!event.target.closest(".find")) document.querySelector(".suggestions")?.replaceChildren();
});

// Filters of a list take effect at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (form) form.requestSubmit();
});

// Of many tabs the one that is shown is in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.scrollIntoView({ block: "nearest", inline: "center" });
// And so is the one that has the focus, in full.
document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".tabs")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
