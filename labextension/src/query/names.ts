/** Names of products in a notebook's cells, found by how they are read. */

const PART = '[a-z][a-z0-9_]{0,62}';
const IN_SQL = new RegExp(`\\b(?:from|join)\\s+"?(${PART}\\.${PART})\\b`, 'gi');
const IN_PYTHON = new RegExp(`\\.read\\(\\s*f?["'](${PART}\\.${PART})\\b`, 'g');

/** The products that cells read, in the order of their first mention. */
export function namesIn(sources: string[]): string[] {
  const names = new Set<string>();
  for (const source of sources) {
    const pattern = /^\s*%%mesh\b/.test(source) ? IN_SQL : IN_PYTHON;
    for (const match of source.matchAll(pattern)) {
      names.add(match[1]);
    }
  }
  return [...names];
}
