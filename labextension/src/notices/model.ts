/** What one was told: a list, how much of it is unread, and what came since one looked. It knows no DOM. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { Notice, NoticeSummary } from '../api/types';

export class NoticesModel {
  constructor(private api: MeshApi) {}

  /** Emitted when the list or the counts changed. */
  get changed(): ISignal<NoticesModel, void> {
    return this._changed;
  }

  /** Emitted with unread notices that came while the page was open, the oldest first. */
  get arrived(): ISignal<NoticesModel, Notice[]> {
    return this._arrived;
  }

  /** Null before the first answer. */
  items: Notice[] | null = null;
  summary: NoticeSummary | null = null;
  problem: Problem | null = null;

  /** Whether older notices can be fetched. */
  get more(): boolean {
    return this._next !== null;
  }

  /** Ask whether there is something new, and fetch it then. Throws Problem, so that a poll slows down. */
  async look(): Promise<void> {
    try {
      const summary = await this.api.noticeSummary();
      const before = this.summary;
      const same =
        before !== null &&
        before.newest === summary.newest &&
        before.unread === summary.unread;
      this.summary = summary;
      if (!same || this.items === null) {
        await this.fetch(before);
      }
      this.problem = null;
    } catch (error) {
      this.problem = Problem.from(error);
      throw this.problem;
    } finally {
      this._changed.emit();
    }
  }

  /** Fetch the next page of older notices. */
  async older(): Promise<void> {
    const cursor = this._next;
    if (!cursor || this._fetching) {
      return;
    }
    this._fetching = true;
    try {
      const page = await this.api.notices(cursor);
      this.items = [...(this.items ?? []), ...page.items];
      this._next = page.next;
    } catch (error) {
      this.problem = Problem.from(error);
    } finally {
      this._fetching = false;
      this._changed.emit();
    }
  }

  /** Mark notices as read, all when none is named. */
  async read(ids: string[] | null = null): Promise<void> {
    const now = new Date().toISOString();
    this.items =
      this.items?.map(notice =>
        !notice.read && (ids === null || ids.includes(notice.id))
          ? { ...notice, read: now }
          : notice
      ) ?? null;
    this._changed.emit();
    this.summary = await this.api.readNotices(ids);
    this._changed.emit();
  }

  find(id: string): Notice | undefined {
    return this.items?.find(notice => notice.id === id);
  }

  private async fetch(before: NoticeSummary | null): Promise<void> {
    const page = await this.api.notices(null);
    this.items = page.items;
    this._next = page.next;
    if (before !== null) {
      const known = before.newest ?? '';
      const fresh = page.items.filter(
        notice => notice.id > known && !notice.read
      );
      if (fresh.length) {
        this._arrived.emit(fresh.reverse());
      }
    }
  }

  private _next: string | null = null;
  private _fetching = false;
  private _changed = new Signal<NoticesModel, void>(this);
  private _arrived = new Signal<NoticesModel, Notice[]>(this);
}
