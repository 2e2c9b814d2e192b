/** Which cells of a notebook hold its parameters. */

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { SetTags } from '../api/types';

/** As papermill has it. */
const TAG = 'parameters';
/** What a cell may begin with instead. */
const COMMENT = /^\s*#\s*parameters\s*:?\s*(\n|$)/i;

function tagsOf(cell: Cell): string[] {
  const tags: unknown = cell.model.getMetadata('tags');
  return Array.isArray(tags) ? tags.map(String) : [];
}

export function isTagged(cell: Cell): boolean {
  return cell.model.type === 'code' && tagsOf(cell).includes(TAG);
}

/** The cell whose parameters a promotion takes: the first one tagged, else the first one that begins with the comment. */
function parametersCell(cells: readonly Cell[]): Cell | undefined {
  return (
    cells.find(isTagged) ??
    cells.find(
      cell =>
        cell.model.type === 'code' &&
        COMMENT.test(cell.model.sharedModel.getSource())
    )
  );
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

/** Show on the cell with the parameters that it is that, in words; the style sheet draws them. */
export function showBadges(panel: NotebookPanel, words: string): void {
  const cells = panel.content.widgets;
  const meant = parametersCell(cells);
  for (const cell of cells) {
    const { dataset } = cell.node;
    if (cell !== meant) {
      delete dataset.meshParameters;
    } else if (dataset.meshParameters !== words) {
      dataset.meshParameters = words;
    }
  }
}
