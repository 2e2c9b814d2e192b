/** Executed notebooks of runs, and frozen ones of versions, as read-only documents: nothing is written into the person's folder to look at one. */

import type { IDocumentManager } from '@jupyterlab/docmanager';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents, ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';

/** The drive's name; paths of its documents begin with it. */
export const NAME = 'mesh-runs';

/** The drive `mesh-runs:<run id>.ipynb`, and `mesh-runs:<domain.product@version>.ipynb`. */
export class RunsDrive implements Contents.IDrive {
  constructor(
    private api: MeshApi,
    private trans: TranslationBundle
  ) {
    this.serverSettings = api.settings;
  }

  readonly name = NAME;
  readonly serverSettings: ServerConnection.ISettings;
  readonly fileChanged: ISignal<Contents.IDrive, Contents.IChangedArgs> =
    new Signal(this);
  isDisposed = false;

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }

  pathOf(runId: string): string {
    return `${NAME}:${runId}.ipynb`;
  }

  async get(
    path: string,
    options?: Contents.IFetchOptions
  ): Promise<Contents.IModel> {
    const now = new Date().toISOString();
    const common = {
      name: path,
      path,
      created: now,
      last_modified: now,
      writable: false
    };
    if (!path.endsWith('.ipynb')) {
      return {
        ...common,
        type: 'directory',
        mimetype: '',
        format: 'json',
        content: []
      };
    }
    const content: unknown =
      options?.content === false
        ? null
        : JSON.parse(await this.fetch(path.replace(/\.ipynb$/, '')));
    return {
      ...common,
      type: 'notebook',
      mimetype: 'application/x-ipynb+json',
      format: 'json',
      content
    };
  }

  /** What a run executed, by its id, or what a version keeps: `domain.product@1.2.0`. */
  private fetch(id: string): Promise<string> {
    const [product, version] = id.split('@');
    return version
      ? this.api.versionNotebook(product, version)
      : this.api.runNotebook(id);
  }

  getDownloadUrl(): Promise<string> {
    return this.refuse();
  }
  newUntitled(): Promise<Contents.IModel> {
    return this.refuse();
  }
  delete(): Promise<void> {
    return this.refuse();
  }
  rename(): Promise<Contents.IModel> {
    return this.refuse();
  }
  save(): Promise<Contents.IModel> {
    return this.refuse();
  }
  copy(): Promise<Contents.IModel> {
    return this.refuse();
  }
  createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return this.refuse();
  }
  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }
  restoreCheckpoint(): Promise<void> {
    return this.refuse();
  }
  deleteCheckpoint(): Promise<void> {
    return this.refuse();
  }

  private refuse(): Promise<never> {
    const message = this.trans.__(
      'This notebook is kept as it was: it cannot be changed.'
    );
    return Promise.reject(
      new Problem(
        'run.read-only',
        message,
        this.trans.__('Save a copy under another name.')
      )
    );
  }
}

/** Open what a run executed or a version keeps, without a kernel, at the cell where it failed. */
export async function openExecuted(
  documents: IDocumentManager,
  drive: RunsDrive,
  runId: string,
  cell: number | null
): Promise<void> {
  const preference = {
    shouldStart: false,
    canStart: false,
    autoStartDefault: false
  };
  const widget = documents.openOrReveal(
    drive.pathOf(runId),
    'Notebook',
    undefined,
    undefined,
    preference
  );
  if (cell === null || !(widget instanceof NotebookPanel)) {
    return;
  }
  await widget.context.ready;
  await widget.revealed;
  widget.content.activeCellIndex = cell;
  await widget.content.scrollToItem(cell, 'center');
}
