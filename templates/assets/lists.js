// Lists: search as you type, check all, the count of the selection, and what was chosen last time.
const timers = new WeakMap();

// Where in a list one is, what one seeks there and which day one looks at are of the moment; the rest is remembered.
const MOMENTARY = ["q", "after", "before", "as_of", "format"];
const nameOf = (list) => `list:${list.id || location.pathname}`;

const remember = (list) => {
  const kept = [...new URLSearchParams(location.search)].filter(([key]) => !MOMENTARY.includes(key));
  try {
    localStorage.setItem(nameOf(list), new URLSearchParams(kept));
    sessionStorage.removeItem(nameOf(list));
  } catch {
    // a browser that keeps nothing still shows the list
  }
};

const load = async (list, url) => {
  const mine = Symbol();
  list.asked = mine;
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = answer.ok && !answer.redirected && page.getElementById(list.id);
    if (list.asked !== mine) return true;
    if (!fresh) return false;
    replace(list, fresh);
    history.replaceState(null, "", url);
    return true;
  } catch {
    return false;
  } finally {
    if (list.asked === mine) list.removeAttribute("aria-busy");
  }
};

// What is being typed stays as it is, with its cursor; everything else is taken from the new page.
const replace = (list, fresh) => {
  const box = document.activeElement;
  const typing = list.contains(box) && box.type === "search";
  const at = typing ? [box.value, box.selectionStart, box.selectionEnd] : null;
  list.replaceChildren(...fresh.childNodes);
  if (typing) {
    const again = list.querySelector("input[type=search]");
    again.value = at[0];
    again.focus();
    again.setSelectionRange(at[1], at[2]);
  }
  ready(list);
  document.dispatchEvent(new CustomEvent("list:shown", { detail: list }));
};

const ready = (list) => {
  const head = list.querySelector("thead th.check");
  if (head && list.querySelector("tbody .check input")) {
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", "Select all rows of this page");
    head.replaceChildren(all);
  }
  count(list);
};

const count = (list) => {
  const boxes = [...list.querySelectorAll("tbody .check input")];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = list.querySelector("thead .check input");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  const bar = list.querySelector("[data-batch]");
  bar?.classList.toggle("is-on", chosen > 0);
  const said = bar?.querySelector("[data-count]");
  if (said) said.textContent = `${chosen} selected`;
};

const address = (form) => {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return `${form.getAttribute("action") || location.pathname}?${query}`;
};

document.addEventListener("input", (event) => {
  const form = event.target.closest(".list-tools form");
  if (!form || event.target.type !== "search") return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(async () => {
    const url = address(form);
    if (!(await load(form.closest(".list"), url))) location.assign(url);
  }, 220));
});

document.addEventListener("change", (event) => {
  const list = event.target.closest(".list");
  if (!list || !event.target.matches(".data .check input")) return;
  if (event.target.closest("thead")) {
    for (const box of list.querySelectorAll("tbody .check input")) box.checked = event.target.checked;
  }
  count(list);
});

// Whoever chooses something in a list means it: also to choose nothing any more.
const chosen = (event) => {
  const list = event.target.closest?.(".list");
  if (!list || (event.type === "click" && !event.target.closest("a[href]"))) return;
  try {
    sessionStorage.setItem(nameOf(list), "chosen");
  } catch {
    // see above
  }
};
document.addEventListener("click", chosen);
document.addEventListener("submit", chosen);

const restore = async (list) => {
  const name = nameOf(list);
  if (sessionStorage.getItem(name)) return remember(list);
  const saved = localStorage.getItem(name);
  if (!saved || location.search) return;
  if (!(await load(list, `${location.pathname}?${saved}`))) localStorage.removeItem(name);
};

for (const list of document.querySelectorAll(".list[id]")) {
  ready(list);
  restore(list).catch(() => {});
}
