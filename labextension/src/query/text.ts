/** The query that we offer for a product. */

export const LOAD_LINE = '%load_ext mesh_workbench';

const ROWS = 100;

/** A `%%mesh` cell that reads a port, given as domain.product[.port]. */
export function queryFor(name: string): string {
  return `%%mesh\nSELECT *\nFROM ${name}\nLIMIT ${ROWS}`;
}
