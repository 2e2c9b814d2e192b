/** Building the flights demo from the sidebar, with its story as it goes. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { DemoState } from '../api/types';

const PAUSE_MS = 700;

export class DemoBuild {
  constructor(
    private api: MeshApi,
    private done: () => Promise<void>
  ) {}

  get changed(): ISignal<DemoBuild, void> {
    return this._changed;
  }

  running = false;
  lines: string[] = [];
  problem: Problem | null = null;

  /** Start it and follow it to its end; a build that already runs is followed too. */
  async start(): Promise<void> {
    if (this.running) {
      return;
    }
    this.running = true;
    this.problem = null;
    this.lines = [];
    this._changed.emit();
    try {
      let demo = await this.api.buildDemo();
      while (demo.state === 'running') {
        this.lines = story(demo);
        this._changed.emit();
        await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
        demo = await this.api.demo();
        await this.done();
      }
      this.lines = story(demo);
      if (demo.state === 'failed') {
        this.problem = new Problem('demo.failed', demo.last_lines.join(' '));
      }
    } catch (error) {
      this.problem = Problem.from(error);
    }
    this.running = false;
    this._changed.emit();
    await this.done();
  }

  private _changed = new Signal<DemoBuild, void>(this);
}

/** What the demo told, as lines to read. */
function story(demo: DemoState): string[] {
  const told = demo.events.map(
    event => event.message ?? event.text ?? event.line ?? event.event
  );
  return [...told, ...demo.last_lines].filter(
    (line): line is string => typeof line === 'string'
  );
}
