// A file field one can drop files on; says what was chosen.
const bytes = (size) => (size < 1024 ? `${size} B` : size < 1048576 ? `${(size / 1024).toFixed(1)} KiB` : `${(size / 1048576).toFixed(1)} MiB`);

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const said = zone.querySelector("[data-drop-said]");
  const over = (is) => zone.classList.toggle("is-over", is);
  said.hidden = false;
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  zone.addEventListener("dragleave", (event) => zone.contains(event.relatedTarget) || over(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const files = event.dataTransfer.files;
    if (!files.length) return;
    if (input.multiple || files.length === 1) {
      input.files = files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    } else said.textContent = "One file at a time, please";
  });
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    said.textContent = chosen.length ? chosen.map((file) => `${file.name}, ${bytes(file.size)}`).join(" · ") : "or drop files here";
  });
}
