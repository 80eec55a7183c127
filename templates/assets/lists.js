// Lists: search as you type, check all, the count of the selection, and what was chosen last time.
const timers = new WeakMap();

const remembered = (list) => `list:${list.dataset.list ?? location.pathname}`;

// Which columns and how many rows are the reader's taste and kept; search, filters and place belong to the address.
const KEPT = ["columns", "rows"];

const remember = (list, query) => {
  const kept = new URLSearchParams([...query].filter(([key]) => KEPT.includes(key)));
  try {
    if (kept.size) localStorage.setItem(remembered(list), kept);
  } catch {
    // a browser that keeps nothing still shows the list
  }
};

const load = async (list, url, push) => {
  list.setAttribute("aria-busy", "true");
  const mine = Symbol();
  list.asked = mine;
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.assign(url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(list.id) ?? page.querySelector(".list");
    if (!fresh || list.asked !== mine) return;
    replace(list, fresh);
    if (push) history.replaceState(null, "", url);
    remember(list, new URL(url, location.href).searchParams);
  } catch {
    location.assign(url);
  } finally {
    if (list.asked === mine) list.removeAttribute("aria-busy");
  }
};

// The search box stays where the reader types; everything else of the list is taken from the new page.
const replace = (list, fresh) => {
  const tools = list.querySelector(".list-tools");
  const typing = tools?.contains(document.activeElement);
  if (!typing) return list.replaceChildren(...fresh.childNodes);
  for (const child of [...list.children]) if (child !== tools) child.remove();
  const parts = [...fresh.children].filter((child) => !child.matches(".list-tools"));
  tools.after(...parts);
  count(list);
  document.dispatchEvent(new CustomEvent("list:shown", { detail: list }));
};

const address = (form) => {
  const query = new URLSearchParams([...new FormData(form)].filter(([key, value]) => value !== "" && key !== "csrf"));
  return `${form.getAttribute("action") || location.pathname}?${query}`;
};

const count = (list) => {
  const boxes = [...list.querySelectorAll("tbody .check input")];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = list.querySelector("thead .check input");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  const bar = list.querySelector(".list-batch");
  bar?.classList.toggle("is-on", chosen > 0);
  const said = bar?.querySelector(".batch-count");
  if (said) said.textContent = `${chosen} selected`;
};

document.addEventListener("input", (event) => {
  const form = event.target.closest("form.list-tools");
  if (!form || event.target.type !== "search") return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => load(form.closest(".list"), address(form), true), 220));
});

document.addEventListener("change", (event) => {
  const list = event.target.closest(".list");
  if (!list) return;
  if (event.target.matches("thead .check input")) {
    for (const box of list.querySelectorAll("tbody .check input")) box.checked = event.target.checked;
  }
  if (event.target.matches(".check input")) count(list);
  if (event.target.matches(".list-tools > * select, .list-tools > select, .pager select")) event.target.form.requestSubmit();
});

for (const list of document.querySelectorAll(".list")) {
  const query = new URLSearchParams(location.search);
  remember(list, query);
  count(list);
  const saved = localStorage.getItem(remembered(list));
  if (!saved || KEPT.some((key) => query.has(key))) continue;
  for (const [key, value] of new URLSearchParams(saved)) query.append(key, value);
  load(list, `${location.pathname}?${query}`, true);
}
