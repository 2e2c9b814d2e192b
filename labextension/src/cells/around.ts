/** What a notebook says around a cell: how it imports the workbench, and what its kernel knows. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import type { CompletionRequest } from '../api/types';
import { mayBeOurs } from './ours';
import { toldBy } from './kernel';

/** Cells beyond these are not looked at. */
const MOST_CELLS = 50;
const MOST_CHARACTERS = 20_000;

export class Around {
  constructor(private notebooks: INotebookTracker | null) {}

  /** The question about a place of a cell that is drawn in `element`; null when the mesh has no part in it. */
  async ask(
    text: string,
    cursor: number,
    element: HTMLElement
  ): Promise<CompletionRequest | null> {
    const panel = this.notebooks?.find(one => one.node.contains(element));
    const imports = panel ? importsOf(panel, text) : [];
    if (!mayBeOurs(text, imports.length > 0)) {
      return null;
    }
    const kernel = panel?.sessionContext.session?.kernel;
    return { text, cursor, imports, ...(kernel ? await toldBy(kernel) : {}) };
  }
}

function importsOf(panel: NotebookPanel, text: string): string[] {
  return Array.from(panel.content.model?.cells ?? [])
    .filter(cell => cell.type === 'code')
    .map(cell => cell.sharedModel.source)
    .filter(
      source =>
        source !== text &&
        source.length <= MOST_CHARACTERS &&
        /import[^]*mesh_workbench|mesh_workbench[^]*import/.test(source)
    )
    .slice(0, MOST_CELLS);
}
