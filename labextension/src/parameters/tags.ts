/** Which cells of a notebook hold its parameters. */

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { SetTags } from '../api/types';

/** As papermill has it. */
const TAG = 'parameters';

function tagsOf(cell: Cell): string[] {
  const tags: unknown = cell.model.getMetadata('tags');
  return Array.isArray(tags) ? tags.map(String) : [];
}

export function holdsParameters(cell: Cell): boolean {
  return cell.model.type === 'code' && tagsOf(cell).includes(TAG);
}

/** The edits that mark a cell as the one with the parameters, or no longer; only one cell is that. */
export function marked(
  cells: readonly Cell[],
  cell: Cell,
  mark: boolean
): SetTags[] {
  return cells.flatMap((one, at): SetTags[] => {
    const others = tagsOf(one).filter(tag => tag !== TAG);
    const tags = mark && one === cell ? [...others, TAG] : others;
    return (mark && one === cell) || tags.length < tagsOf(one).length
      ? [{ kind: 'set_tags', cell: at, tags }]
      : [];
  });
}

/** Show on each cell whether it holds the parameters, in words; the style sheet draws them. */
export function showBadges(panel: NotebookPanel, words: string): void {
  for (const cell of panel.content.widgets) {
    const { dataset } = cell.node;
    if (!holdsParameters(cell)) {
      delete dataset.meshParameters;
    } else if (dataset.meshParameters !== words) {
      dataset.meshParameters = words;
    }
  }
}
