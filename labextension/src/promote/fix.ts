/** Fixes of findings, applied to the open notebook. */

import type { NotebookPanel } from '@jupyterlab/notebook';

import { isRecord } from '../api/problem';
import type { Fix, ReplaceSource, SetMetadata } from '../api/types';

type SharedCell = NonNullable<
  NotebookPanel['content']['model']
>['sharedModel']['cells'][number];

/** What the shared model has beside its interface. */
interface IUndoing {
  undoManager: { stopCapturing(): void };
}

/**
 * Apply a fix to the notebook as it is open, in one transaction: *Edit ▸ Undo Cell Operation* takes it back whole.
 *
 * The fix must have been made for the notebook as it is now.
 */
export function applyFix(panel: NotebookPanel, fix: Fix): void {
  const notebook = panel.content.model?.sharedModel;
  if (!notebook) {
    return;
  }
  // Else what was done within half a second before would be taken back with it.
  (notebook as Partial<IUndoing>).undoManager?.stopCapturing();
  // The shared model's own list follows when the transaction ends; the edits speak of the list as it becomes.
  const cells: SharedCell[] = [...notebook.cells];
  notebook.transact(() => {
    for (const edit of fix.edits) {
      switch (edit.kind) {
        case 'set_tags':
          cells[edit.cell]?.setMetadata('tags', edit.tags);
          break;
        case 'replace_source':
          replaceSource(cells[edit.cell], edit);
          break;
        case 'insert_cell':
          cells.splice(
            edit.cell,
            0,
            notebook.insertCell(edit.cell, {
              cell_type: edit.cell_type,
              source: edit.source,
              metadata: edit.tags.length ? { tags: edit.tags } : {}
            })
          );
          break;
        case 'remove_cell':
          cells.splice(edit.cell, 1);
          notebook.deleteCell(edit.cell);
          break;
        case 'set_metadata':
          setOwnMetadata(panel, edit);
          break;
      }
    }
  });
}

/** Places are counted in characters, where the shared model counts UTF-16 units. */
function replaceSource(
  cell: SharedCell | undefined,
  edit: ReplaceSource
): void {
  if (cell) {
    const characters = Array.from(cell.source);
    const units = (end: number): number =>
      characters.slice(0, end).join('').length;
    cell.updateSource(units(edit.start), units(edit.end), edit.text);
  }
}

function setOwnMetadata(panel: NotebookPanel, edit: SetMetadata): void {
  const known: unknown = panel.context.model.getMetadata('mesh');
  const changed = {
    ...(isRecord(known) ? known : {}),
    [edit.name]: edit.value
  };
  if (edit.value === null) {
    delete changed[edit.name];
  }
  panel.context.model.setMetadata('mesh', changed);
}
