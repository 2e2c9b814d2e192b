/** Puts a query below the active cell of the open notebook. */

import { NotebookActions } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { LOAD_LINE, queryFor } from './text';

/**
 * Insert a query of a port as a `%%mesh` cell and select it.
 *
 * The first one brings a cell before it that loads the magic, because a cell magic must be the first line of its own
 * cell. An empty active cell is used instead of a new one.
 */
export async function insertQuery(
  panel: NotebookPanel,
  name: string
): Promise<void> {
  await panel.context.ready;
  const notebook = panel.content;
  const cells = Array.from(notebook.model?.cells ?? []);
  const loaded = cells.some(
    cell => cell.type === 'code' && cell.sharedModel.source.includes(LOAD_LINE)
  );
  const sources = loaded ? [queryFor(name)] : [LOAD_LINE, queryFor(name)];
  for (const source of sources) {
    const active = notebook.activeCell;
    const blank =
      active?.model.type === 'code' && !active.model.sharedModel.source.trim();
    if (!blank) {
      NotebookActions.insertBelow(notebook);
    }
    notebook.activeCell?.model.sharedModel.setSource(source);
  }
  notebook.mode = 'command';
  if (notebook.activeCell) {
    await notebook.scrollToCell(notebook.activeCell);
  }
  panel.activate();
}
