// Asks before a form with `data-confirm` is sent. The server asks again where it matters, script or not.
const sure = new WeakSet();

const ask = (question, verb, dangerous) => new Promise((resolve) => {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  const title = document.createElement("h2");
  title.id = "ask-title";
  title.textContent = question;
  dialog.setAttribute("aria-labelledby", title.id);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "actions";
  for (const [label, value, style] of [["Cancel", "", "button"], [verb, "yes", `button primary${dangerous ? " danger" : ""}`]]) {
    const button = document.createElement("button");
    button.className = style;
    button.value = value;
    button.textContent = label;
    form.append(button);
  }
  dialog.append(title, form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  });
  document.body.append(dialog);
  dialog.showModal();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asks = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!asks.dataset.confirm || sure.has(form)) return sure.delete(form);
  event.preventDefault();
  const button = event.submitter;
  const verb = asks.dataset.confirmVerb ?? button?.textContent.trim() ?? "Continue";
  const dangerous = button?.classList.contains("danger") ?? false;
  if (!(await ask(asks.dataset.confirm, verb, dangerous))) return;
  // the box that asks the same where there is no script
  if (form.elements.confirmed?.type === "checkbox") form.elements.confirmed.checked = true;
  sure.add(form);
  form.requestSubmit(button);
});
