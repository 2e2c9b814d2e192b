/** State of one product page: what was fetched of the product, and which part is looked at. */

import { DisposableSet } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type {
  BackfillPage,
  BreakingChangePage,
  CheckReport,
  ContractHistory,
  ContractView,
  Impact,
  Lineage,
  ProposalPage,
  ReleasePage,
  RowsPage,
  Run,
  RunPage,
  SlotPage,
  Told,
  Usage,
  VersionDifference
} from '../api/types';
import { Resource } from '../components/resource';
import { isFinal } from '../events';
import type { RunEvents } from '../events';
import type { IMeshConnection } from '../tokens';
import type { TabId } from './tabs';

export const SAMPLE_ROWS = 200;

/** Which part of a lineage is looked at. */
export interface IWays {
  /** Its ways alone; null for all columns. */
  column: string | null;
  /** Null for the newest. */
  release: number | null;
  depth: number;
}

export class ProductModel {
  constructor(
    readonly name: string,
    readonly connection: IMeshConnection
  ) {
    const { api } = connection;
    this.detail = new Resource(() => api.product(name));
    this.versions = new Resource(() => api.versions(name));
    this.runs = new Resource(() => api.runs(name));
    this.releases = new Resource(() => api.releases(name));
    this.told = new Resource(() => api.told(name));
    connection.events.changed.connect(this.onRun, this);
  }

  /** The versions whose difference is shown. */
  compared: { before: string; after: string } | null = null;

  get changed(): ISignal<ProductModel, void> {
    return this._changed;
  }

  readonly detail;
  readonly versions;
  readonly runs: Resource<RunPage>;
  readonly releases: Resource<ReleasePage>;
  /** Whether and why one is told about it. */
  readonly told: Resource<Told>;
  /** The run that is open in the tab of runs. */
  openRun: string | null = null;
  tab: TabId = 'overview';
  ways: IWays = { column: null, release: null, depth: 10 };

  /** The port looked at; null for the first. */
  get port(): string | null {
    return this._port;
  }

  /** Name to write in a query for the port looked at. */
  get readable(): string {
    return this._port ? `${this.name}.${this._port}` : this.name;
  }

  select(tab: TabId, run: string | null = null): void {
    this.tab = tab;
    this.openRun = run;
    this._changed.emit();
  }

  selectPort(port: string | null): void {
    this._port = port;
    this._changed.emit();
  }

  sample(): Resource<RowsPage> {
    return this.keep(`sample ${this._port}`, () =>
      this.connection.api.sample(this.name, this._port, SAMPLE_ROWS)
    );
  }

  contract(): Resource<ContractView> {
    return this.keep(`contract ${this._port}`, () =>
      this.connection.api.contract(this.name, this._port)
    );
  }

  history(): Resource<ContractHistory> {
    return this.keep(`history ${this._port}`, () =>
      this.connection.api.contractHistory(this.name, this._port)
    );
  }

  lineage(): Resource<Lineage> {
    const { column, release, depth } = this.ways;
    return this.keep(`lineage ${column} ${release} ${depth}`, () =>
      this.connection.api.lineage(this.name, column, release, depth)
    );
  }

  showWays(ways: Partial<IWays>): void {
    this.ways = { ...this.ways, ...ways };
    this._changed.emit();
  }

  impact(column: string): Resource<Impact> {
    return this.keep(`impact ${column}`, () =>
      this.connection.api.impact(this.name, column)
    );
  }

  usage(days: number): Resource<Usage> {
    return this.keep(`usage ${days}`, () =>
      this.connection.api.usage(this.name, days)
    );
  }

  slots(): Resource<SlotPage> {
    return this.keep('slots', () => this.connection.api.slots(this.name));
  }

  backfills(): Resource<BackfillPage> {
    return this.keep('backfills', () =>
      this.connection.api.backfills(this.name)
    );
  }

  changes(): Resource<BreakingChangePage> {
    return this.keep('changes', () => this.connection.api.changes(this.name));
  }

  proposals(): Resource<ProposalPage> {
    return this.keep('proposals', () => this.connection.api.reviews(this.name));
  }

  difference(before: string, after: string): Resource<VersionDifference> {
    return this.keep(`difference ${before} ${after}`, () =>
      this.connection.api.difference(this.name, after, before)
    );
  }

  compare(versions: { before: string; after: string } | null): void {
    this.compared = versions;
    this._changed.emit();
  }

  run(id: string): Resource<Run> {
    return this.keep(`run ${id}`, () => this.connection.api.run(id));
  }

  report(id: string): Resource<CheckReport> {
    return this.keep(`report ${id}`, () => this.connection.api.report(id));
  }

  /** Follow all runs that are not over yet, until disposed. */
  watchRuns(): IDisposable {
    const live = (this.runs.value?.items ?? []).filter(run => !isFinal(run));
    return DisposableSet.from(
      live.map(run => this.connection.events.watch(run.id))
    );
  }

  /** Fetch again whatever was fetched. */
  async refresh(): Promise<void> {
    const all = [
      this.detail,
      this.versions,
      this.runs,
      this.releases,
      this.told,
      ...this._kept.values()
    ];
    await Promise.all(
      all
        .filter(one => one.value !== null || one.problem)
        .map(one => one.load())
    );
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private onRun(_: RunEvents, run: Run): void {
    if (run.product !== this.name) {
      return;
    }
    this._kept.get(`run ${run.id}`)?.set(run);
    const page = this.runs.value;
    const before = page?.items.find(other => other.id === run.id);
    if (page) {
      const others = page.items.filter(other => other.id !== run.id);
      const items = before
        ? page.items.map(other => (other.id === run.id ? run : other))
        : [run, ...others];
      this.runs.set({ ...page, items });
    }
    if (isFinal(run) && !(before && isFinal(before))) {
      // A release may have come of it: everything else on the page may be out of date.
      void this.detail.load();
      this._kept.forEach((resource, key) => {
        if (!/^(run|report) /.test(key) && resource.value !== null) {
          void resource.load();
        }
      });
      if (this.releases.value) {
        void this.releases.load();
      }
    }
  }

  private keep<Value>(
    key: string,
    fetch: () => Promise<Value>
  ): Resource<Value> {
    let resource = this._kept.get(key) as Resource<Value> | undefined;
    if (!resource) {
      resource = new Resource(fetch);
      this._kept.set(key, resource as Resource<unknown>);
    }
    return resource;
  }

  private _port: string | null = null;
  private _kept = new Map<string, Resource<unknown>>();
  private _changed = new Signal<ProductModel, void>(this);
}
