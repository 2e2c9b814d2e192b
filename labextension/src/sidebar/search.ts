/** Search as one types: the last question wins, earlier answers are dropped. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { isAbort, Problem } from '../api/problem';
import type { SearchResults } from '../api/types';
import { ProductBranch } from './branch';
import { loadingNode } from './tree';
import type { ITreeNode } from './tree';

export const FACETS = ['status', 'domain', 'health', 'tag'] as const;
export type FacetName = (typeof FACETS)[number];

const QUIET_MS = 80;
const PAGE = 50;

export class Search {
  constructor(
    private api: MeshApi,
    trans: TranslationBundle
  ) {
    this.branch = new ProductBranch(api, trans);
    this.branch.changed.connect(() => this._changed.emit(), this);
  }

  get changed(): ISignal<Search, void> {
    return this._changed;
  }

  text = '';
  filters: Partial<Record<FacetName, string>> = {};
  results: SearchResults | null = null;
  problem: Problem | null = null;

  /** Whether results stand in place of the tree. */
  get active(): boolean {
    return Boolean(this.text.trim()) || Object.keys(this.filters).length > 0;
  }

  setText(text: string): void {
    this.text = text;
    this.ask();
  }

  setFilter(facet: FacetName, value: string): void {
    const { [facet]: _, ...others } = this.filters;
    this.filters = value ? { ...others, [facet]: value } : others;
    this.ask();
  }

  clear(): void {
    this.text = '';
    this.filters = {};
    this.ask();
  }

  /** Wait for the answer to what was typed last, without the pause that typing makes. */
  async settled(): Promise<void> {
    const question = this.question();
    if (!this.active) {
      return;
    }
    if (this._answered === question) {
      if (this._pending && this._pending.question !== question) {
        this._asking?.abort(); // Typed and taken back: its answer must not replace the right one.
        this._pending = null;
      }
      return;
    }
    if (this._pending?.question !== question) {
      this._pending = { question, answer: this.fetch(null) };
    }
    await this._pending.answer;
  }

  rows(): ITreeNode[] {
    const rows = (this.results?.items ?? []).flatMap(hit =>
      this.branch.rows(hit.product, 'search', 1, {
        full: true,
        matched: hit.matched.filter(where => where !== 'name')
      })
    );
    return this.results?.next ? [...rows, loadingNode('search/…', 1)] : rows;
  }

  toggle(key: string): void {
    this.branch.toggle(key);
  }

  seen(key: string): void {
    if (key === 'search/…') {
      void this.fetch(this.results?.next ?? null);
    }
  }

  /** Ask again without waiting, as after a change of the catalog. */
  async refresh(): Promise<void> {
    if (this.active) {
      await this.fetch(null);
    }
  }

  private ask(): void {
    if (!this.active) {
      this._asking?.abort();
      this.results = null;
      this.problem = null;
      this._answered = '';
      this._pending = null;
    } else {
      this._soon.invoke().catch(() => undefined);
    }
    this._changed.emit();
  }

  private question(): string {
    return JSON.stringify([this.text.trim(), this.filters]);
  }

  private async fetch(cursor: string | null): Promise<void> {
    if (!this.active || (cursor && cursor === this._cursor)) {
      return;
    }
    this._cursor = cursor;
    const question = this.question();
    this._asking?.abort();
    const asking = (this._asking = new AbortController());
    try {
      const filters = Object.fromEntries(
        Object.entries(this.filters).map(([facet, value]) => [facet, [value]])
      );
      const query = { text: this.text.trim(), ...filters, cursor, limit: PAGE };
      const found = await this.api.search(query, asking.signal);
      if (asking.signal.aborted) {
        return;
      }
      this.results =
        cursor && this.results
          ? { ...found, items: [...this.results.items, ...found.items] }
          : found;
      this.problem = null;
      this._answered = question;
    } catch (error) {
      if (isAbort(error) || asking.signal.aborted) {
        return;
      }
      this.problem = Problem.from(error);
      this._pending = null;
    }
    this._changed.emit();
  }

  readonly branch: ProductBranch;
  private _soon = new Debouncer(() => this.settled(), QUIET_MS);
  private _asking: AbortController | null = null;
  private _cursor: string | null = null;
  private _answered = '';
  private _pending: { question: string; answer: Promise<void> } | null = null;
  private _changed = new Signal<Search, void>(this);
}
