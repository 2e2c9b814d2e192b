/** The section of products that the open notebook reads. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { ProductSummary } from '../api/types';
import { namesIn } from '../query/names';
import type { ISidebarSection } from '../tokens';
import { ProductBranch } from './branch';
import type { ITreeNode } from './tree';

const MOST = 30;
const QUIET_MS = 800;

export class UsedSection implements ISidebarSection {
  constructor(
    private api: MeshApi,
    private trans: TranslationBundle,
    tracker: INotebookTracker,
    private isShown: () => boolean
  ) {
    this.branch = new ProductBranch(api, trans);
    this.branch.changed.connect(() => this._changed.emit(), this);
    this.title = trans.__('Used in this notebook');
    tracker.currentChanged.connect(this.onNotebook, this);
    this.onNotebook(tracker, tracker.currentWidget);
  }

  readonly id = 'used';
  readonly rank = 100;
  readonly title: string;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get count(): number | null {
    return this._names.length;
  }

  get visible(): boolean {
    return this._names.length > 0;
  }

  rows(): ITreeNode[] {
    return this._names.flatMap(name => {
      const known = this._known.get(name);
      if (known) {
        return this.branch.rows(known, 'used', 2, { full: true, when: true });
      }
      const missing = this._missing.get(name);
      const note = missing ? this.trans.__('not found') : '';
      return [
        {
          key: `used/${name}`,
          kind: 'message' as const,
          level: 2,
          label: name,
          note,
          tooltip: missing
        }
      ];
    });
  }

  toggle(key: string): void {
    this.branch.toggle(key);
  }

  seen(): void {
    // Nothing here is fetched in pages.
  }

  async refresh(): Promise<void> {
    const cells = this._notebook?.content.model?.cells;
    const sources = cells
      ? Array.from(cells).map(cell =>
          cell.type === 'code' ? cell.sharedModel.source : ''
        )
      : [];
    this._names = namesIn(sources).slice(0, MOST);
    this._changed.emit();
    await Promise.all(this._names.map(name => this.look(name)));
    this._changed.emit();
  }

  private async look(name: string): Promise<void> {
    try {
      this._known.set(name, await this.api.product(name));
      this._missing.delete(name);
    } catch (error) {
      const problem = Problem.from(error);
      if (problem.status === 404) {
        this._known.delete(name);
        this._missing.set(name, `${problem.message} ${problem.hint}`);
      }
    }
  }

  private onNotebook(_: INotebookTracker, panel: NotebookPanel | null): void {
    this._notebook?.content.modelContentChanged.disconnect(this.onEdited, this);
    this._notebook = panel;
    panel?.content.modelContentChanged.connect(this.onEdited, this);
    this.onEdited();
  }

  private onEdited(): void {
    this._soon.invoke().catch(() => undefined);
  }

  readonly branch: ProductBranch;
  private _soon = new Debouncer(
    () => (this.isShown() ? this.refresh() : undefined),
    QUIET_MS
  );
  private _notebook: NotebookPanel | null = null;
  private _names: string[] = [];
  private _known = new Map<string, ProductSummary>();
  private _missing = new Map<string, string>();
  private _changed = new Signal<this, void>(this);
}
