/** Notices that come while JupyterLab is open, as its own notifications with what can be done about them. */

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Notice } from '../api/types';
import { CommandIDs } from '../commands';
import { happened, typeOf } from './words';

/** More than these at once become one. */
const MOST = 3;
const GOOD_NEWS_MS = 10_000;
const MUTE_HOURS = 8;

export class Popups {
  constructor(
    private commands: CommandRegistry,
    private trans: TranslationBundle,
    private read: (ids: string[]) => void
  ) {}

  show(notices: Notice[]): void {
    if (notices.length > MOST) {
      this.together(notices);
    } else {
      notices.forEach(notice => this.one(notice));
    }
  }

  private one(notice: Notice): void {
    const { trans } = this;
    const head = `${notice.product} ${happened(notice.kind, trans)}.`;
    const { product, run_id: run } = notice;
    const open = run
      ? this.action(trans.__('Open run'), CommandIDs.openRun, notice, {
          product,
          run
        })
      : null;
    const retry =
      run && notice.kind !== 'recovered'
        ? this.action(trans.__('Retry'), CommandIDs.retryRun, notice, {
            product,
            run
          })
        : null;
    const acknowledge = notice.change_id
      ? this.action(
          trans.__('Acknowledge'),
          CommandIDs.acknowledgeChange,
          notice,
          { change: notice.change_id }
        )
      : null;
    Notification.emit(`${head} ${notice.text}`, typeOf(notice.kind), {
      autoClose: notice.kind === 'recovered' ? GOOD_NEWS_MS : false,
      actions: [
        acknowledge,
        open,
        this.action(trans.__('Open product'), CommandIDs.openProduct, notice, {
          product
        }),
        retry,
        {
          ...this.action(trans.__('Mute'), CommandIDs.muteProduct, notice, {
            product,
            hours: MUTE_HOURS
          }),
          caption: trans.__(
            'Be told nothing about %1 for %2 hours',
            product,
            MUTE_HOURS
          )
        }
      ].filter(action => action !== null)
    });
  }

  private together(notices: Notice[]): void {
    const { trans } = this;
    const products = [...new Set(notices.map(notice => notice.product))];
    const bad = notices.some(
      notice => !['recovered', 'changed', 'review'].includes(notice.kind)
    );
    Notification.emit(
      trans.__(
        '%1 notices: %2',
        notices.length,
        products.slice(0, MOST).join(', ') +
          (products.length > MOST ? ' …' : '')
      ),
      bad ? 'error' : 'success',
      {
        autoClose: bad ? false : GOOD_NEWS_MS,
        actions: [
          {
            label: trans.__('Show'),
            displayType: 'accent',
            callback: () => void this.commands.execute(CommandIDs.showNotices)
          }
        ]
      }
    );
  }

  private action(
    label: string,
    command: string,
    notice: Notice,
    args: Record<string, string | number>
  ): Notification.IAction {
    return {
      label,
      callback: () => {
        this.read([notice.id]);
        void this.commands.execute(command, args);
      }
    };
  }
}
