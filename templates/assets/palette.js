// Ctrl/⌘ K: go to any page of the navigation, or to what the search finds.
const links = [...document.querySelectorAll(".rail li a, .page-head .actions a, .menu-panel a.menu-item")];
let dialog, input, list, timer, asked = 0;

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

const icon = (id) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", id);
  svg.append(use);
  return svg;
};

const entry = ({ label, href, kind, sign }, index) => {
  const link = make("a", { href, tabindex: "-1" }, icon(sign), make("span", {}, label), make("span", { class: "minor" }, kind));
  return make("li", { role: "option", id: `go-${index}`, "aria-selected": String(index === 0) }, link);
};

const show = (entries, words) => {
  list.replaceChildren(...entries.slice(0, 40).map(entry));
  dialog.querySelector(".palette-none").hidden = entries.length > 0 || !words;
  mark(0);
};

const mark = (at) => {
  const items = [...list.children];
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
  if (items[at]) {
    items[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[at].id);
  } else input.removeAttribute("aria-activedescendant");
};

const pages = (words) => {
  const seen = new Set();
  return links
    .map((a) => ({ label: (a.querySelector(".rail-text") ?? a).textContent.trim(), href: a.getAttribute("href"), kind: "Page", sign: a.querySelector("use")?.getAttribute("href") ?? "#i-arrow-right" }))
    .filter((page) => page.label.toLowerCase().includes(words) && !seen.has(page.href) && seen.add(page.href));
};

const found = async (words) => {
  const answer = await fetch(`/search.json?q=${encodeURIComponent(words)}`, { headers: { accept: "application/json" } });
  if (!answer.ok) return [];
  const { results = [] } = await answer.json();
  return results
    .filter(({ href }) => href?.startsWith("/") && !href.startsWith("//"))
    .map(({ label, href, kind, detail }) => ({ label, href, kind: [kind, detail].filter(Boolean).join(" · "), sign: "#i-arrow-right" }));
};

const typed = () => {
  const words = input.value.trim().toLowerCase();
  const mine = ++asked;
  const first = pages(words);
  show(first, words);
  clearTimeout(timer);
  if (words.length < 2) return;
  timer = setTimeout(async () => {
    const more = await found(words).catch(() => []);
    if (mine === asked) show([...first, ...more], words);
  }, 160);
};

const keyed = (event) => {
  const items = [...list.children];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark((at + step + items.length) % items.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    items[at]?.querySelector("a").click();
  } else if (event.key === "Escape") {
    // a search box would only empty itself
    event.preventDefault();
    dialog.close();
  }
};

const build = () => {
  input = make("input", { type: "search", placeholder: "Go to…", "aria-label": "Go to a page, or search", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", autocomplete: "off" });
  list = make("ul", { id: "palette-list", role: "listbox", "aria-label": "Pages and results" });
  const none = make("p", { class: "palette-none", role: "status" }, "Nothing of that name.");
  dialog = make("dialog", { class: "palette", "aria-label": "Go to" }, make("div", { class: "palette-box" }, icon("#i-search"), input), list, none);
  input.addEventListener("input", typed);
  input.addEventListener("keydown", keyed);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
};

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || !links.length) return;
  event.preventDefault();
  if (!dialog) build();
  if (dialog.open) return dialog.close();
  input.value = "";
  dialog.showModal();
  typed();
});
