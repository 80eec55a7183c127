// Follows long work: asks the address in `data-poll` until it is done, then shows the page anew.
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const follow = async (node) => {
  let pause = 700;
  for (;;) {
    await wait(document.hidden ? 5000 : pause);
    if (!node.isConnected) return;
    let state;
    try {
      const answer = await fetch(node.dataset.poll, { headers: { accept: "application/json" } });
      if (answer.status === 401 || answer.status === 404) return location.reload();
      if (answer.ok) state = await answer.json();
    } catch {
      // the network comes back or the reader reloads
    }
    pause = Math.min(pause * 1.2, 4000);
    if (!state) continue;
    for (const field of node.querySelectorAll("[data-poll-text]")) field.textContent = state[field.dataset.pollText] ?? "";
    const bar = node.querySelector("progress");
    if (bar && state.max) Object.assign(bar, { max: state.max, value: state.value ?? 0 });
    if (!state.done) continue;
    if (state.href?.startsWith("/") && !state.href.startsWith("//")) return location.assign(state.href);
    return location.reload();
  }
};

for (const node of document.querySelectorAll("[data-poll]")) follow(node);
