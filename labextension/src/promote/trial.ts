/** One notebook tried out in a clean kernel: asked for, followed, and stale when the notebook changes. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { Preflight, PreflightRequest } from '../api/types';

const LOOK_MS = 400;

export class Trial {
  constructor(private api: MeshApi) {}

  get changed(): ISignal<Trial, void> {
    return this._changed;
  }

  /** How it stands; null before the first. The last one stays until another one begins. */
  value: Preflight | null = null;
  problem: Problem | null = null;
  /** The notebook that `value` is about: its fixes fit no other. */
  tried = '';

  get running(): boolean {
    return this._asking || this.value?.state === 'running';
  }

  get failed(): boolean {
    return Boolean(
      this.value?.checks.some(check => check.outcome === 'failed')
    );
  }

  /** Begin, and follow it until it is over or another one begins. */
  async start(request: PreflightRequest): Promise<void> {
    const turn = ++this._turn;
    this.tried = request.notebook;
    this.value = null;
    this.problem = null;
    this._asking = true;
    this._changed.emit();
    try {
      let value = await this.api.startPreflight(request);
      while (turn === this._turn) {
        this._asking = false;
        this.value = value;
        this._changed.emit();
        if (value.state !== 'running') {
          return;
        }
        await new Promise(resolve => window.setTimeout(resolve, LOOK_MS));
        value = await this.api.preflight(value.id);
      }
      await this.api.cancelPreflight(value.id);
    } catch (error) {
      if (turn === this._turn) {
        this._asking = false;
        this.value = null;
        this.problem = Problem.from(error);
        this._changed.emit();
      }
    }
  }

  /** Ask for its end; it is told by what follows it. */
  async stop(): Promise<void> {
    if (this.value?.state === 'running') {
      try {
        await this.api.cancelPreflight(this.value.id);
      } catch (error) {
        this.problem = Problem.from(error);
        this._changed.emit();
      }
    }
  }

  /** Nobody looks any more: what is running ends. */
  leave(): void {
    this._turn += 1;
  }

  private _asking = false;
  private _turn = 0;
  private _changed = new Signal<Trial, void>(this);
}
