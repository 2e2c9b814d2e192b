/** Live runs: one stream for the whole page, open only while something visible watches. */

import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from './api/client';
import { serverEvents } from './api/stream';
import type { Run } from './api/types';

const FINAL = new Set(['succeeded', 'unchanged', 'failed', 'cancelled']);
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The server follows no more runs than this in one stream. */
const MOST = 20;

export function isFinal(run: Run): boolean {
  return FINAL.has(run.state);
}

export class RunEvents implements IDisposable {
  constructor(private api: MeshApi) {
    document.addEventListener('visibilitychange', this.reopenSoon);
  }

  /** Emitted with the new state of a watched run. */
  get changed(): ISignal<RunEvents, Run> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    document.removeEventListener('visibilitychange', this.reopenSoon);
    this.close();
    this._reopen.dispose();
    Signal.clearData(this);
  }

  /** Follow a run until the result is disposed; several watchers of one run share the stream. */
  watch(runId: string): IDisposable {
    this._watchers.set(runId, (this._watchers.get(runId) ?? 0) + 1);
    this.reopenSoon();
    return new DisposableDelegate(() => {
      const left = (this._watchers.get(runId) ?? 1) - 1;
      if (left > 0) {
        this._watchers.set(runId, left);
      } else {
        this._watchers.delete(runId);
        this.reopenSoon();
      }
    });
  }

  private reopenSoon = (): void => {
    if (!this._disposed) {
      this._reopen.invoke().catch(() => undefined);
    }
  };

  private close(): void {
    this._stop?.abort();
    this._stop = null;
    this._open = '';
  }

  private open(): void {
    const ids = [...this._watchers.keys()].sort();
    const wanted = document.hidden ? '' : ids.join(' ');
    if (wanted === this._open) {
      return;
    }
    this.close();
    if (wanted) {
      this._open = wanted;
      this._stop = new AbortController();
      void this.follow(ids, this._stop.signal);
    }
  }

  private async follow(ids: string[], signal: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    const left = new Set(ids);
    while (!signal.aborted && left.size) {
      try {
        const response = await this.api.watchRuns(
          [...left].slice(0, MOST),
          signal
        );
        for await (const event of serverEvents(response)) {
          if (event.event === 'run') {
            pause = FIRST_PAUSE_MS;
            const run = JSON.parse(event.data) as Run;
            this._changed.emit(run);
            if (isFinal(run)) {
              left.delete(run.id);
            }
            if (!left.size) {
              break; // The stream would stay open for runs that are over.
            }
          }
        }
      } catch (error) {
        if (!signal.aborted) {
          console.debug('Live events of runs were interrupted', error);
        }
      }
      if (!signal.aborted && left.size) {
        await new Promise(resolve => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private _watchers = new Map<string, number>();
  private _changed = new Signal<RunEvents, Run>(this);
  private _reopen = new Debouncer(() => this.open(), 50);
  private _stop: AbortController | null = null;
  private _open = '';
  private _disposed = false;
}
