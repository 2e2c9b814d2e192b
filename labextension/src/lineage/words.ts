/** What lineage says, in the person's language. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  ColumnEdge,
  Confidence,
  LineageEdge,
  LineageNode,
  Transformation
} from '../api/types';

export function kindWord(
  kind: Transformation,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'identity':
      return trans.__('the same values');
    case 'renamed':
      return trans.__('the same values, renamed');
    case 'cast':
      return trans.__('the same values as another type');
    case 'expression':
      return trans.__('computed row by row');
    case 'window':
      return trans.__('computed over neighbouring rows');
    case 'aggregate':
      return trans.__('computed over groups');
    case 'indirect':
      return trans.__('decides which rows there are');
    case 'unknown':
      return trans.__('not known how');
  }
}

export function confidenceWord(
  confidence: Confidence,
  trans: TranslationBundle
): string {
  switch (confidence) {
    case 'certain':
      return trans.__('certain');
    case 'likely':
      return trans.__('likely');
    case 'possible':
      return trans.__('possible');
  }
}

export function nodeWord(node: LineageNode, trans: TranslationBundle): string {
  return node.name ?? trans.__('A product that you may not see');
}

/** The releases of the source that are in the target; a target may keep rows of earlier runs. */
export function releasesWord(
  edge: LineageEdge,
  trans: TranslationBundle
): string {
  if (edge.release === null) {
    return trans.__('declared, not read yet');
  }
  return edge.first !== null && edge.first !== edge.release
    ? trans.__('releases %1 to %2', edge.first, edge.release)
    : trans.__('release %1', edge.release);
}

export function columnWord(
  node: LineageNode,
  column: string | null,
  trans: TranslationBundle
): string {
  const name = nodeWord(node, trans);
  return column
    ? trans.__('%1 of %2', column, name)
    : trans.__('all of %1', name);
}

/** One way between columns in words. */
export function wayWord(
  from: LineageNode,
  to: LineageNode,
  edge: ColumnEdge,
  trans: TranslationBundle
): string {
  return trans.__(
    '%1 → %2: %3, %4',
    columnWord(from, edge.column, trans),
    columnWord(to, edge.target_column, trans),
    kindWord(edge.kind, trans),
    confidenceWord(edge.confidence, trans)
  );
}
