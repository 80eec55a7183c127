// Accessibility, as far as a program can judge it: axe-core with the rules of WCAG 2.2 AA.

import { peer } from './peers.mjs';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** One line per element that breaks a rule. */
export async function barriers(page) {
  const { AxeBuilder } = await peer('@axe-core/playwright');
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => {
      const why = node.failureSummary.split('\n').slice(1, 2).join('').trim();
      return `accessibility: ${violation.id} at ${node.target.join(' ')}: ${why || violation.help}`;
    }),
  );
}
