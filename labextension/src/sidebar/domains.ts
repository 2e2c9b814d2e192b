/** The section of all domains: their products are fetched page by page, when looked at. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { Domain, ProductSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { count, exact } from '../components/format';
import type { ISidebarSection } from '../tokens';
import { ProductBranch } from './branch';
import { loadingNode } from './tree';
import type { ITreeNode } from './tree';

/** The pages of one domain's products that were fetched so far. */
interface IShelf {
  products: ProductSummary[];
  /** Cursor of the next page; undefined before the first answer, null after the last. */
  next: string | null | undefined;
  loading: boolean;
  problem: Problem | null;
}

export class DomainsSection implements ISidebarSection {
  constructor(
    private api: MeshApi,
    private trans: TranslationBundle
  ) {
    this.branch = new ProductBranch(api, trans);
    this.branch.changed.connect(() => this._changed.emit(), this);
    this.title = trans.__('Domains');
  }

  readonly id = 'domains';
  readonly rank = 200;
  readonly title: string;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get count(): number | null {
    return this._domains?.length ?? null;
  }

  get visible(): boolean {
    return this._domains === null || this._domains.length > 0;
  }

  rows(): ITreeNode[] {
    if (!this._domains) {
      return [loadingNode('domains/…', 2)];
    }
    return this._domains.flatMap(domain => {
      const key = `domains/${domain.name}`;
      const expanded = this._opened.has(domain.name);
      const row: ITreeNode = {
        key,
        kind: 'domain',
        level: 2,
        label: domain.name,
        note: this.trans._n(
          '%2 product',
          '%2 products',
          domain.products,
          count(domain.products)
        ),
        tooltip: [domain.title || domain.name, pausedWords(domain, this.trans)]
          .filter(Boolean)
          .join('\n'),
        marks: isPaused(domain) ? [this.trans.__('paused')] : undefined,
        expanded,
        menu: [
          {
            command: isPaused(domain) ? CommandIDs.resume : CommandIDs.pause,
            args: { target: domain.name }
          },
          { command: CommandIDs.subscribe, args: { product: domain.name } }
        ]
      };
      return expanded ? [row, ...this.shelf(domain.name, key)] : [row];
    });
  }

  toggle(key: string): void {
    if (this.branch.toggle(key)) {
      return;
    }
    const name = key.split('/')[1];
    if (!this._opened.delete(name)) {
      this._opened.add(name);
      void this.more(name);
    }
    this._changed.emit();
  }

  seen(key: string): void {
    const [, name, rest] = key.split('/');
    if (rest === '…') {
      void this.more(name);
    }
  }

  async refresh(): Promise<void> {
    const domains: Domain[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Domain[]; next: string | null } =
        await this.api.domains(cursor);
      domains.push(...page.items);
      cursor = page.next;
    } while (cursor);
    const first = this._domains === null;
    this._domains = domains;
    if (first && domains.length <= 3) {
      domains.forEach(domain => this._opened.add(domain.name));
    }
    for (const name of [...this._opened]) {
      if (!domains.some(domain => domain.name === name)) {
        this._opened.delete(name);
      }
    }
    for (const name of [...this._shelves.keys()]) {
      if (!this._opened.has(name)) {
        this._shelves.delete(name);
      }
    }
    this._changed.emit();
    await Promise.all([...this._opened].map(name => this.again(name)));
    await this.branch.refresh();
  }

  private shelf(name: string, under: string): ITreeNode[] {
    const shelf = this._shelves.get(name);
    const rows = (shelf?.products ?? []).flatMap(product =>
      this.branch.rows(product, under, 3)
    );
    if (shelf?.problem) {
      const { message, hint } = shelf.problem;
      rows.push({
        key: `${under}/!`,
        kind: 'problem',
        level: 3,
        label: message,
        tooltip: hint
      });
    } else if (!shelf || shelf.next !== null) {
      rows.push(loadingNode(`${under}/…`, 3));
    } else if (!rows.length) {
      rows.push({
        key: `${under}/0`,
        kind: 'message',
        level: 3,
        label: this.trans.__('No products yet.')
      });
    }
    return rows;
  }

  /** Fetch the next page of a domain's products, unless it is on the way or there is none. */
  private async more(name: string): Promise<void> {
    const shelf: IShelf = this._shelves.get(name) ?? {
      products: [],
      next: undefined,
      loading: false,
      problem: null
    };
    this._shelves.set(name, shelf);
    if (shelf.loading || shelf.next === null) {
      return;
    }
    shelf.loading = true;
    try {
      const page = await this.api.products(name, shelf.next ?? null);
      shelf.products = [...shelf.products, ...page.items];
      shelf.next = page.next;
      shelf.problem = null;
    } catch (error) {
      shelf.problem = Problem.from(error);
    }
    shelf.loading = false;
    this._changed.emit();
  }

  /** Fetch as many products again as were shown, and swap them in at once. */
  private async again(name: string): Promise<void> {
    const shelf = this._shelves.get(name);
    if (!shelf || !shelf.products.length) {
      this._shelves.delete(name);
      return this.more(name);
    }
    if (shelf.loading) {
      return;
    }
    const products: ProductSummary[] = [];
    let next: string | null | undefined = undefined;
    do {
      const page: { items: ProductSummary[]; next: string | null } =
        await this.api.products(name, next ?? null);
      products.push(...page.items);
      next = page.next;
    } while (next && products.length < shelf.products.length);
    this._shelves.set(name, { products, next, loading: false, problem: null });
    this._changed.emit();
  }

  readonly branch: ProductBranch;
  private _domains: Domain[] | null = null;
  private _opened = new Set<string>();
  private _shelves = new Map<string, IShelf>();
  private _changed = new Signal<this, void>(this);
}

function isPaused({ pause }: Domain): boolean {
  return pause !== null && (!pause.until || new Date(pause.until) > new Date());
}

/** Why none of its schedules fires. */
function pausedWords(domain: Domain, trans: TranslationBundle): string {
  const { pause } = domain;
  if (!pause || !isPaused(domain)) {
    return '';
  }
  const said = pause.until
    ? trans.__('Its schedules are paused until %1.', exact(pause.until))
    : trans.__('Its schedules are paused.');
  return `${said} ${pause.reason}`;
}
