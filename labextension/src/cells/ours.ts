/** Which text is ours to help with, and places in it. */

const CELL = /^\s*%%mesh(?=\s|$)/;
const LINE = /%mesh\b/;
/** A call with a text: under which name reading is called, the server finds out from the imports. */
const CALL = /\w\(\s*(?:name\s*=\s*)?["']/;

/** Whether the mesh may know something about words of a cell, in a notebook that imports it or not. */
export function mayBeOurs(text: string, imported: boolean): boolean {
  return (
    CELL.test(text) ||
    LINE.test(text) ||
    ((imported || /\bmesh/.test(text)) && CALL.test(text))
  );
}

/** Where the SQL of a cell begins: behind its first line; null in a cell of something else. */
export function beginOfSql(text: string): number | null {
  if (!CELL.test(text)) {
    return null;
  }
  const magic = text.indexOf('%%mesh');
  const end = text.indexOf('\n', magic);
  return end === -1 ? null : end + 1;
}

/** Places are counted in characters by the server, in UTF-16 units here. */
export function toCharacters(units: number, text: string): number {
  return Array.from(text.slice(0, units)).length;
}

export function toUnits(characters: number, text: string): number {
  return Array.from(text).slice(0, characters).join('').length;
}
