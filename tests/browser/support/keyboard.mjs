// A walk over a page with the Tab key alone.

const MOST = 250;

/**
 * What is wrong: elements that Tab does not reach, reaches out of order, or on which one cannot see the focus.
 * Looks at the first 250 elements of a page.
 */
export async function walk(page) {
  const { expected, disorderly } = await page.evaluate(prepare, MOST);
  const problems = disorderly.map((what) => `keyboard: ${what} has an order of its own (tabindex above 0)`);
  const reached = [];
  for (let presses = 0; presses < expected.length * 4 + 20; presses += 1) {
    await page.keyboard.press('Tab');
    const step = await page.evaluate(look);
    if (step === null) break;
    // Day, month and year of a date are stops within one field.
    if (step.index !== undefined && step.index === reached.at(-1)) continue;
    if (reached.includes(step.index)) break;
    if (step.stray) {
      problems.push(`keyboard: Tab reaches ${step.stray}, which is no control`);
      continue;
    }
    if (step.index === undefined) continue;
    reached.push(step.index);
    problems.push(...step.problems.map((problem) => `keyboard: ${problem} on ${expected[step.index]}`));
    if (reached.length === expected.length) break;
  }
  const missed = expected.filter((_, index) => !reached.includes(index));
  problems.push(...missed.map((what) => `keyboard: Tab does not reach ${what}`));
  const disorder = reached.findIndex((index, place) => place > 0 && index < reached[place - 1]);
  if (disorder > 0) problems.push(`keyboard: Tab reaches ${expected[reached[disorder]]} out of order`);
  return problems;
}

/** Runs in the page: remembers what should be reached, and how it looks without the focus. */
function prepare(most) {
  const named = (element) => {
    const words = (element.getAttribute('aria-label') || element.innerText || element.name || '').trim().slice(0, 40);
    return `<${element.localName}${element.id ? ` id=${element.id}` : ''}> "${words}"`;
  };
  const look = (element) => {
    const style = getComputedStyle(element);
    const keys = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderColor', 'backgroundColor', 'color', 'textDecorationLine'];
    return keys.map((key) => style[key]).join('|');
  };
  const unreachable = (element) =>
    element.tabIndex < 0 ||
    element.disabled ||
    element.closest('[inert], fieldset:disabled') ||
    !element.checkVisibility({ visibilityProperty: true });
  // Of a group of radio buttons Tab reaches one.
  const otherRadio = (element) => {
    if (element.type !== 'radio' || !element.name) return false;
    const scope = element.form ?? document;
    const group = [...scope.querySelectorAll('input[type=radio]')].filter((r) => r.name === element.name && !r.disabled);
    return element !== (group.find((r) => r.checked) ?? group[0]);
  };
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]';
  const elements = [...document.querySelectorAll(controls)].filter((e) => !unreachable(e) && !otherRadio(e)).slice(0, most);
  // From the top, wherever a field with autofocus has put the focus: its loss alone would not move the starting point.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  globalThis.__walk = { elements, look, named, plain: elements.map((e) => [look(e), look(e.parentElement)]) };
  return { expected: elements.map(named), disorderly: elements.filter((e) => e.tabIndex > 0).map(named) };
}

/** Runs in the page: where the focus is, and whether one can see it. Null when it left the page. */
function look() {
  const { elements, look, named, plain } = globalThis.__walk;
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const index = elements.indexOf(element);
  if (index < 0) {
    const scrolls = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    const beyond = elements.length > 0 && elements.at(-1).compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
    return beyond ? null : scrolls ? {} : { stray: named(element) };
  }
  const problems = [];
  const unchanged = look(element) === plain[index][0] && look(element.parentElement) === plain[index][1];
  if (unchanged) problems.push('one cannot see the focus');
  const box = element.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
  const shown = points.some(([x, y]) => {
    const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return hit && (element.contains(hit) || hit.contains(element) || hit.closest('label')?.control === element);
  });
  if (!shown) problems.push('the focus is hidden');
  return { index, problems };
}
