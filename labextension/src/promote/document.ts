/** The open notebook as the document that is promoted, and what we remember in it. */

import { PageConfig, PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { isRecord } from '../api/problem';

const KEY = 'mesh_workbench';

/** The notebook as JSON text with unsaved edits. Outputs stay here: they are no part of what is promoted. */
export function documentOf(panel: NotebookPanel): string {
  const content: unknown = panel.context.model.toJSON();
  if (isRecord(content) && Array.isArray(content.cells)) {
    const cells = content.cells.map((cell: unknown) =>
      isRecord(cell) && cell.cell_type === 'code'
        ? { ...cell, outputs: [] }
        : cell
    );
    return JSON.stringify({ ...content, cells });
  }
  return JSON.stringify(content);
}

/**
 * Whether two documents are the same to a fix: their cells and our own metadata are. A kernel that starts writes what
 * it is into the notebook, and one that runs counts; neither makes a fix unfit.
 */
export function sameToFix(one: string, other: string): boolean {
  return one === other || fixable(one) === fixable(other);
}

function fixable(text: string): string {
  const content: unknown = JSON.parse(text || '{}');
  if (!isRecord(content) || !Array.isArray(content.cells)) {
    return text;
  }
  const cells = content.cells.map((cell: unknown) =>
    isRecord(cell) ? { ...cell, execution_count: null } : cell
  );
  const { metadata } = content;
  return JSON.stringify([cells, isRecord(metadata) ? metadata.mesh : null]);
}

/** The folder of the notebook on the server's disk: runs work there. Null when it is kept elsewhere. */
export function folderOf(panel: NotebookPanel): string | null {
  const { path, localPath } = panel.context;
  const drive = path.slice(0, path.length - localPath.length);
  const root = PageConfig.getOption('serverRoot');
  return root && (drive === '' || drive === 'RTC:')
    ? `${root}/${PathExt.dirname(localPath)}` // PathExt.join would take the first slash away.
    : null;
}

/** The product that this notebook was promoted to. It is kept in the notebook, so that it survives renaming. */
export function promotedTo(panel: NotebookPanel): string | null {
  const kept: unknown = panel.context.model.getMetadata(KEY);
  return isRecord(kept) && typeof kept.product === 'string'
    ? kept.product
    : null;
}

export function rememberPromotion(panel: NotebookPanel, product: string): void {
  if (promotedTo(panel) !== product) {
    panel.context.model.setMetadata(KEY, { product });
  }
}

/** A name for the product: its only output, else the file's name. */
export function suggestedName(panel: NotebookPanel): string {
  const cells = Array.from(panel.content.model?.cells ?? []);
  const outputs = cells.flatMap(cell =>
    cell.type === 'code'
      ? [
          ...cell.sharedModel.source.matchAll(
            /\.output\(\s*["']([a-z][a-z0-9_]{0,62})["']/g
          )
        ].map(match => match[1])
      : []
  );
  const file = panel.context.localPath.split('/').pop() ?? '';
  const plain = file
    .replace(/\.ipynb$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 63);
  return outputs[0] ?? plain;
}

/** Bring a cell into view and make it the active one. */
export async function showCell(
  panel: NotebookPanel,
  cell: number
): Promise<void> {
  panel.content.activeCellIndex = cell;
  await panel.content.scrollToItem(cell, 'center');
  panel.activate();
}
