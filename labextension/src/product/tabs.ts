/** The parts of a product page. */

export const TABS = [
  'overview',
  'schema',
  'data',
  'contract',
  'runs',
  'versions'
] as const;
export type TabId = (typeof TABS)[number];
