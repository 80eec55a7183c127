// Every page there is, once. `as` is the role it is looked at with, null for a stranger.
// A page with `link` is the first such address in the main part of `list`.

export const PAGES = [
  { name: 'overview', path: '/', as: 'officer' },
  { name: 'controls', path: '/controls', as: 'officer' },
  { name: 'requirement', path: '/controls/pci-dss-4.0.1/6.3.2', as: 'officer' },
  { name: 'evidence', path: '/evidence', as: 'officer' },
  { name: 'evidence-item', list: '/evidence', link: /^\/evidence\/[0-9a-f-]{16,}$/, as: 'officer' },
  { name: 'evidence-upload', path: '/evidence/upload', as: 'officer' },
  { name: 'quarantine', path: '/quarantine', as: 'officer' },
  { name: 'findings', path: '/findings', as: 'officer' },
  { name: 'gaps', path: '/gaps', as: 'officer' },
  { name: 'sboms', path: '/sboms', as: 'officer' },
  { name: 'sbom', list: '/sboms', link: /^\/sboms\/[0-9a-f-]{16,}$/, as: 'officer' },
  { name: 'vendors', path: '/vendors', as: 'officer' },
  { name: 'vendor', list: '/vendors', link: /^\/vendors\/[^/]+$/, as: 'officer' },
  { name: 'packs', path: '/packs', as: 'officer' },
  { name: 'sources', path: '/sources', as: 'administrator' },
  { name: 'runs', path: '/runs', as: 'administrator' },
  { name: 'users', path: '/users', as: 'administrator' },
  { name: 'tokens', path: '/tokens', as: 'administrator' },
  { name: 'audit-trail', path: '/audit-trail', as: 'administrator' },
  { name: 'account', path: '/account', as: 'officer' },
  { name: 'api', path: '/api', as: 'administrator' },
  { name: 'search', path: '/search?q=sbom', as: 'officer' },
  { name: 'sign-in', path: '/sign-in', as: null },
];

/**
 * The pages to look at. `ATTESTRY_PAGES` narrows them to names, separated by commas; `NAME@stranger` or `NAME@ROLE`
 * looks with another role, and `none` leaves all out.
 */
export function chosen(wanted = process.env.ATTESTRY_PAGES) {
  if (!wanted) return PAGES;
  if (wanted === 'none') return [];
  return wanted.split(',').map((entry) => {
    const [name, as] = entry.trim().split('@');
    const page = PAGES.find((p) => p.name === name || p.path === name);
    if (!page) throw new Error(`ATTESTRY_PAGES: no page ${name}; there are ${PAGES.map((p) => p.name).join(', ')}`);
    return as ? { ...page, as: as === 'stranger' ? null : as } : page;
  });
}
