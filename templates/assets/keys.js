// Keys: `/` searches; in a table `j` and `k` move, Enter opens, `x` selects, Escape lets go; `?` lists them.
const KEYS = [["/", "Search this list, or everything"], ["Ctrl K", "Go to a page or a thing"], ["j  k", "Next and previous row"], ["Enter", "Open the row"], ["x", "Select the row"], ["Esc", "Let go"], ["?", "Show these keys"]];
const busy = (event) => event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.closest("input, select, textarea, [contenteditable]");
const rows = () => [...document.querySelectorAll("table.rows-40 tbody tr")].filter((row) => row.querySelector("a"));
const current = () => document.querySelector("tr.is-at");
const door = (row) => row.querySelector("th a, td:not(.check) a");

const move = (step) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  current()?.classList.remove("is-at");
  next.classList.add("is-at");
  door(next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

const help = () => {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-label", "Keys");
  const table = document.createElement("table");
  table.className = "keys";
  for (const [key, what] of KEYS) {
    const row = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = what;
    const shown = document.createElement("kbd");
    shown.textContent = key;
    row.append(head);
    row.insertCell().append(shown);
  }
  const title = document.createElement("h2");
  title.textContent = "Keys";
  dialog.append(title, table);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
};

// A table wider than the screen can be reached, and moved, with the keyboard.
const reach = () => {
  for (const box of document.querySelectorAll(".scroll:not([tabindex])")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
};
reach();
addEventListener("resize", reach);

const acts = {
  "/": () => {
    const box = document.querySelector("main input[type=search]") ?? document.querySelector("#search");
    box?.focus();
    box?.select();
  },
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector(".check input")?.click(),
  "?": help,
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const row = current();
    row?.classList.remove("is-at");
    if (row || event.target.matches("input[type=search]")) event.target.blur();
    return;
  }
  if (busy(event) || !acts[event.key]) return;
  if (event.key === "x" && !current()) return;
  event.preventDefault();
  acts[event.key]();
});
