// Passkeys: forms with data-passkey ask the service for options, the browser for an answer, and send it.
const forms = [...document.querySelectorAll("form[data-passkey]")];
const able = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.PublicKeyCredential?.parseCreationOptionsFromJSON);
let waiting;

const begin = async (form) => {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value });
  const reply = await fetch(form.dataset.begin, { method: "POST", body, headers: { Accept: "application/json" } });
  const given = await reply.json();
  if (reply.status === 403 && form.dataset.confirmAt) {
    location.assign(form.dataset.confirmAt);
    return null;
  }
  if (!reply.ok) throw new Error(given.detail);
  if (form.elements.ceremony) form.elements.ceremony.value = given.ceremony;
  return given.options.publicKey;
};

const send = (form, credential) => {
  form.elements.answer.value = JSON.stringify(credential);
  form.submit();
};

const ask = async (form) => {
  waiting?.abort();
  const options = await begin(form);
  if (!options) return;
  const credential = form.dataset.passkey === "add"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  send(form, credential);
};

const words = (error) => (error.name === "NotAllowedError" ? "The browser did not use a passkey. Try again, or go another way." : error.message);

// The browser offers passkeys where the address is typed, and waits until one is chosen there.
const offer = async (form) => {
  if (!document.querySelector("input[autocomplete~=webauthn]") || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  const options = await begin(form);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  send(form, await navigator.credentials.get({ publicKey, mediation: "conditional", signal: waiting.signal }));
};

if (able) {
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = form.querySelector("[role=alert]");
      said.textContent = "";
      ask(form).catch((error) => { said.textContent = words(error); });
    });
    if (form.dataset.passkey === "sign-in") offer(form).catch(() => {});
  }
}
