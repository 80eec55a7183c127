// Copy on click; the buttons are hidden where there is no script or no clipboard.
const reveal = () => {
  if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const use = button.querySelector("use");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return button.setAttribute("title", "The browser did not allow copying");
  }
  button.classList.add("is-done");
  use?.setAttribute("href", "#i-check");
  setTimeout(() => {
    button.classList.remove("is-done");
    use?.setAttribute("href", "#i-copy");
  }, 1500);
});

reveal();
document.addEventListener("list:shown", reveal);
