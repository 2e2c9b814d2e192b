/** Which text is ours to help with, and places in it. */

const CELL = /^\s*%%mesh(?=\s|$)/;
const LINE_OR_READ = /%mesh\b|\.read\(\s*["']/;

/** Whether the mesh may know something about words of a cell. */
export function mayBeOurs(text: string): boolean {
  return CELL.test(text) || LINE_OR_READ.test(text);
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
