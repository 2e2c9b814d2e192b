/** State of the sidebar; it knows no DOM. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import { Resource } from '../components/resource';
import type { IMeshSidebar, ISidebarSection } from '../tokens';
import { DemoBuild } from './demo';
import { Search } from './search';
import type { ITreeNode } from './tree';

export class SidebarModel implements IMeshSidebar {
  constructor(
    private api: MeshApi,
    trans: TranslationBundle
  ) {
    this.status = new Resource(async () => {
      const status = await api.status();
      this.workerComes =
        !status.workers.length && (await api.worker()).state === 'running';
      return status;
    });
    this.search = new Search(api, trans);
    this.demo = new DemoBuild(api, () => this.refresh());
    this.status.changed.connect(this.emit, this);
    this.search.changed.connect(this.emit, this);
    this.demo.changed.connect(this.emit, this);
  }

  readonly status;
  readonly search: Search;
  readonly demo: DemoBuild;
  /** Whether no worker has said it is alive, and one has just been started. */
  workerComes = false;
  /** Why the last action of the person could not be done. */
  problem: Problem | null = null;

  get changed(): ISignal<SidebarModel, void> {
    return this._changed;
  }

  /** Emitted with the key of a row that is to be brought into view. */
  get revealed(): ISignal<SidebarModel, string> {
    return this._revealed;
  }

  reveal(sectionId: string): void {
    this._closed.delete(sectionId);
    this.search.setText('');
    this.emit();
    this._revealed.emit(`section/${sectionId}`);
  }

  /** Sections that are reached from the header. */
  get shortcuts(): ISidebarSection[] {
    return this._sections.filter(section => section.shortcut);
  }

  addSection(section: ISidebarSection): IDisposable {
    this._sections = [...this._sections, section].sort(
      (a, b) => a.rank - b.rank
    );
    section.changed.connect(this.emit, this);
    this.emit();
    return new DisposableDelegate(() => {
      section.changed.disconnect(this.emit, this);
      this._sections = this._sections.filter(other => other !== section);
      this.emit();
    });
  }

  /** All rows to draw: the sections with their headings, or what a search found. */
  rows(): ITreeNode[] {
    if (this.search.active) {
      return this.search.rows();
    }
    return this._sections
      .filter(section => section.visible)
      .flatMap(section => {
        const expanded = !this._closed.has(section.id);
        const heading: ITreeNode = {
          key: `section/${section.id}`,
          kind: 'section',
          level: 1,
          label: section.title,
          note: section.count === null ? undefined : String(section.count),
          expanded
        };
        return expanded ? [heading, ...section.rows()] : [heading];
      });
  }

  toggle(key: string): void {
    const [first, second] = key.split('/');
    if (first === 'section') {
      if (!this._closed.delete(second)) {
        this._closed.add(second);
      }
      this.emit();
    } else if (first === 'search') {
      this.search.toggle(key);
    } else {
      this.section(first)?.toggle(key);
    }
  }

  seen(key: string): void {
    const first = key.split('/')[0];
    if (first === 'search') {
      this.search.seen(key);
    } else {
      this.section(first)?.seen(key);
    }
  }

  /** Ask the server for everything that is shown. What is shown stays until the answers are here. */
  async refresh(): Promise<void> {
    await this.status.load();
    if (this.status.problem || !this.status.value) {
      return;
    }
    const all = await Promise.allSettled([
      ...this._sections.map(section => section.refresh()),
      this.search.refresh()
    ]);
    const failed = all.find(result => result.status === 'rejected');
    if (failed) {
      this.status.problem = Problem.from(failed.reason);
      this.status.failingSince ??= new Date();
      this.emit();
    }
  }

  /** Do something for the person, tell if it fails, and look again. */
  async act(action: (api: MeshApi) => Promise<unknown>): Promise<void> {
    this.problem = null;
    try {
      await action(this.api);
    } catch (error) {
      this.problem = Problem.from(error);
    }
    await this.refresh();
    this.emit();
  }

  private section(id: string): ISidebarSection | undefined {
    return this._sections.find(section => section.id === id);
  }

  private emit(): void {
    this._changed.emit();
  }

  private _sections: ISidebarSection[] = [];
  private _closed = new Set<string>();
  private _changed = new Signal<SidebarModel, void>(this);
  private _revealed = new Signal<SidebarModel, string>(this);
}
