/** The section of notices in the sidebar. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { bellIcon } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { Notice } from '../api/types';
import { CommandIDs } from '../commands';
import type { IMenuItem } from '../components/menu';
import { loadingNode } from '../sidebar/tree';
import type { ITreeNode } from '../sidebar/tree';
import type { ISidebarSection } from '../tokens';
import type { NoticesModel } from './model';
import { happened, short, stateOf } from './words';

const SECTION = 'notices';

export class NoticesSection implements ISidebarSection {
  constructor(
    private model: NoticesModel,
    private trans: TranslationBundle
  ) {
    this.title = trans.__('Notices');
    this.shortcut = { icon: bellIcon, label: trans.__('Unread notices') };
    model.changed.connect(() => this._changed.emit(), this);
  }

  readonly id = SECTION;
  readonly rank = 900;
  readonly visible = true;
  readonly title: string;
  readonly shortcut: { icon: typeof bellIcon; label: string };

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get count(): number | null {
    return this.model.summary?.unread || null;
  }

  rows(): ITreeNode[] {
    const { items, problem, summary } = this.model;
    if (!items) {
      return [
        problem
          ? this.line('!', problem.message, problem.hint, 'problem')
          : loadingNode(`${SECTION}/…`, 2)
      ];
    }
    const rows = items.map(notice => this.row(notice));
    if (summary?.undelivered) {
      const text = this.trans._n(
        '%1 message did not reach you',
        '%1 messages did not reach you',
        summary.undelivered
      );
      const hint = this.trans.__('Look at your addresses, and test them.');
      rows.unshift({
        ...this.line('?', text, hint, 'problem'),
        command: { command: CommandIDs.noticeSettings }
      });
    }
    if (!items.length) {
      rows.push(
        this.line('0', this.trans.__('Nothing to tell you.'), '', 'message')
      );
    }
    return this.model.more ? [...rows, loadingNode(`${SECTION}/…`, 2)] : rows;
  }

  toggle(): void {
    // No row has rows below it.
  }

  seen(key: string): void {
    if (key === `${SECTION}/…`) {
      void this.model.older();
    }
  }

  async refresh(): Promise<void> {
    await this.model.look();
  }

  private row(notice: Notice): ITreeNode {
    const { trans } = this;
    const what = happened(notice.kind, trans);
    return {
      key: `${SECTION}/${notice.id}`,
      kind: 'notice',
      level: 2,
      label: notice.product,
      instant: notice.at,
      tooltip: [
        notice.reminder ? trans.__('Reminder %1.', notice.reminder) : '',
        `${notice.product} ${what}.`,
        notice.text
      ]
        .filter(Boolean)
        .join(' '),
      product: notice.product,
      health: {
        state: stateOf(notice.kind),
        reason: notice.text,
        since: notice.since,
        because: 'failed',
        counts: null
      },
      healthWord: what,
      unread: !notice.read,
      note: short(notice.kind, trans),
      command: opened(notice),
      menu: [
        ...(notice.run_id ? [opened(notice)] : []),
        ...(notice.change_id
          ? [
              {
                command: CommandIDs.acknowledgeChange,
                args: { change: notice.change_id, notice: notice.id }
              }
            ]
          : []),
        {
          command: CommandIDs.openProduct,
          args: { product: notice.product, notice: notice.id }
        },
        ...(notice.run_id && notice.kind !== 'recovered'
          ? [{ command: CommandIDs.retryRun, args: aboutRun(notice) }]
          : []),
        null,
        { command: CommandIDs.subscribe, args: { product: notice.product } },
        {
          command: CommandIDs.muteProduct,
          args: { product: notice.product, hours: 8 }
        },
        ...(notice.read
          ? []
          : [{ command: CommandIDs.readNotices, args: { ids: [notice.id] } }])
      ]
    };
  }

  private line(
    key: string,
    label: string,
    tooltip: string,
    kind: 'message' | 'problem'
  ): ITreeNode {
    return { key: `${SECTION}/${key}`, kind, level: 2, label, tooltip };
  }

  private _changed = new Signal<this, void>(this);
}

function aboutRun(notice: Notice): { product: string; run: string } {
  return { product: notice.product, run: notice.run_id ?? '' };
}

/** What opens what a notice is about: its run, else its product; it is read then. */
export function opened(notice: Notice): IMenuItem {
  return notice.run_id
    ? {
        command: CommandIDs.openRun,
        args: { ...aboutRun(notice), notice: notice.id }
      }
    : {
        command: CommandIDs.openProduct,
        args: {
          product: notice.product,
          notice: notice.id,
          ...(notice.change_id ? { tab: 'versions' } : {})
        }
      };
}
