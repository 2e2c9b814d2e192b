/** The parts of a product page. */

export const TABS = [
  'overview',
  'schema',
  'data',
  'contract',
  'runs',
  'lineage',
  'versions',
  'usage'
] as const;
export type TabId = (typeof TABS)[number];
