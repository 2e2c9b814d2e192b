/** "Waiting for me" in the sidebar: proposals that wait for the person's word. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { Proposal } from '../api/types';
import { CommandIDs } from '../commands';
import type { IMenuItem } from '../components/menu';
import type { ITreeNode } from '../sidebar/tree';
import type { ISidebarSection } from '../tokens';

const SECTION = 'waiting';

export class WaitingSection implements ISidebarSection {
  constructor(
    private api: MeshApi,
    private trans: TranslationBundle
  ) {
    this.title = trans.__('Waiting for me');
  }

  readonly id = SECTION;
  readonly rank = 800;
  readonly title: string;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get count(): number | null {
    return this._items.length || null;
  }

  /** Where nothing waits there is nothing to say. */
  get visible(): boolean {
    return this._items.length > 0;
  }

  rows(): ITreeNode[] {
    return this._items.map(proposal => this.row(proposal));
  }

  toggle(): void {
    // No row has rows below it.
  }

  seen(): void {
    // All rows are there.
  }

  /** Ask again. Throws Problem, so that a poll slows down; what is known stays. */
  async refresh(): Promise<void> {
    try {
      this._items = (await this.api.waitingReviews()).items;
    } catch (error) {
      throw Problem.from(error);
    }
    this._changed.emit();
  }

  private row(proposal: Proposal): ITreeNode {
    const { trans } = this;
    const { product, next_version, by, note } = proposal;
    const open: IMenuItem = {
      command: CommandIDs.openReview,
      args: { proposal: proposal.id }
    };
    return {
      key: `${SECTION}/${proposal.id}`,
      kind: 'notice',
      level: 2,
      label: product,
      note: trans.__('%1 by %2', next_version, by),
      tooltip:
        `${trans.__('%1 proposes %2 %3.', by, product, next_version)} ${note}`.trim(),
      product,
      command: open,
      menu: [open, { command: CommandIDs.openProduct, args: { product } }]
    };
  }

  private _items: Proposal[] = [];
  private _changed = new Signal<this, void>(this);
}
