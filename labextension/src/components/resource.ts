/** Something that is fetched: its value, whether it is on the way, and what went wrong. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import { isAbort, Problem } from '../api/problem';

/** A fetched value. The last good one stays while it is fetched again or cannot be. */
export class Resource<Value> {
  constructor(private fetch: () => Promise<Value>) {}

  get changed(): ISignal<Resource<Value>, void> {
    return this._changed;
  }

  value: Value | null = null;
  problem: Problem | null = null;
  loading = false;
  /** When the present trouble began. */
  failingSince: Date | null = null;

  /** Fetch once; later calls do nothing unless it failed. */
  need(): void {
    if (!this.loading && (this.value === null || this.problem)) {
      void this.load();
    }
  }

  /** Fetch now. An answer that was overtaken by a later call is dropped. */
  async load(): Promise<void> {
    const turn = ++this._turn;
    this.loading = true;
    this._changed.emit();
    try {
      const value = await this.fetch();
      if (turn !== this._turn) {
        return;
      }
      this.value = value;
      this.problem = null;
      this.failingSince = null;
    } catch (error) {
      if (turn !== this._turn || isAbort(error)) {
        return;
      }
      this.problem = Problem.from(error);
      this.failingSince ??= new Date();
    } finally {
      if (turn === this._turn) {
        this.loading = false;
        this._changed.emit();
      }
    }
  }

  /** Take a value that came by another way, such as an event. */
  set(value: Value): void {
    this._turn++;
    this.value = value;
    this.problem = null;
    this.failingSince = null;
    this.loading = false;
    this._changed.emit();
  }

  private _turn = 0;
  private _changed = new Signal<Resource<Value>, void>(this);
}

/** Draw again whenever `signal` is emitted. */
export function useSignal<Sender, Args>(signal: ISignal<Sender, Args>): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const slot = (): void => redraw();
    signal.connect(slot);
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

/** The resource, fetched when first drawn and drawn again when it changes. */
export function useResource<Value>(resource: Resource<Value>): Resource<Value> {
  useSignal(resource.changed);
  React.useEffect(() => resource.need(), [resource]);
  return resource;
}
