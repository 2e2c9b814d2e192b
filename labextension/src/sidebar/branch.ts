/** A product's rows: itself, and when opened its ports and columns. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from '../api/client';
import type { Column, ProductDetail, ProductSummary } from '../api/types';
import { count } from '../components/format';
import { healthShort } from '../components/health';
import { Resource } from '../components/resource';
import { loadingNode } from './tree';
import type { ITreeNode } from './tree';

export class ProductBranch {
  constructor(
    private api: MeshApi,
    private trans: TranslationBundle
  ) {}

  get changed(): ISignal<ProductBranch, void> {
    return this._changed;
  }

  /** Open or close the product whose row has this key; false when it is none of ours. */
  toggle(key: string): boolean {
    const name = this._names.get(key);
    if (!name) {
      return false;
    }
    if (!this._opened.delete(key)) {
      this._opened.add(key);
      this.detail(name).need();
    }
    this._changed.emit();
    return true;
  }

  /** The rows of one product at `level`, below a parent whose key is `under`. */
  rows(
    product: ProductSummary,
    under: string,
    level: number,
    options: { full?: boolean; matched?: string[]; when?: boolean } = {}
  ): ITreeNode[] {
    const key = `${under}/${product.full_name}`;
    this._names.set(key, product.full_name);
    const expanded = this._opened.has(key);
    const instant = (options.when && product.released) || undefined;
    const row: ITreeNode = {
      key,
      kind: 'product',
      level,
      label: options.full ? product.full_name : product.name,
      note: instant ? undefined : this.remark(product, options.matched),
      instant,
      tooltip:
        product.title && product.title !== product.name
          ? `${product.full_name} · ${product.title}`
          : product.full_name,
      expanded,
      product: product.full_name,
      health: product.health
    };
    return expanded
      ? [row, ...this.below(key, product.full_name, level + 1)]
      : [row];
  }

  private below(key: string, name: string, level: number): ITreeNode[] {
    const { value, problem } = this.detail(name);
    if (!value) {
      return problem
        ? [
            {
              key: `${key}/!`,
              kind: 'problem',
              level,
              label: problem.message,
              tooltip: problem.hint
            }
          ]
        : [loadingNode(`${key}/…`, level)];
    }
    const several = value.port_details.length > 1;
    const rows = value.port_details.flatMap(port => {
      const columns = port.columns.map(column =>
        this.column(
          column,
          `${key}/${port.name}`,
          name,
          several ? level + 1 : level
        )
      );
      const heading: ITreeNode = {
        key: `${key}/${port.name}`,
        kind: 'port',
        level,
        label: port.name,
        note: port.rows === null ? undefined : this.count(port.rows),
        expanded: true,
        product: name
      };
      return several ? [heading, ...columns] : columns;
    });
    const nothing = this.trans.__('Columns are known after the first run.');
    return rows.length
      ? rows
      : [{ key: `${key}/0`, kind: 'message', level, label: nothing }];
  }

  private column(
    column: Column,
    under: string,
    product: string,
    level: number
  ): ITreeNode {
    const marks = [
      ...(column.primary_key ? [this.trans.__('key')] : []),
      ...(column.classification ? [column.classification] : [])
    ];
    return {
      key: `${under}/${column.name}`,
      kind: 'column',
      level,
      label: column.name,
      note: column.type,
      tooltip: column.description
        ? `${column.name}: ${column.description}`
        : column.name,
      product,
      marks
    };
  }

  private note(product: ProductSummary): string {
    if (
      ['kept', 'kept_partly'].includes(product.health.state) &&
      product.rows !== null
    ) {
      return this.count(product.rows);
    }
    return healthShort(product.health.state, this.trans);
  }

  private count(rows: number): string {
    return this.trans._n('%2 row', '%2 rows', rows, count(rows));
  }

  /** Where a search found it, else how it is. */
  private remark(product: ProductSummary, where: string[] = []): string {
    return where.length ? this.trans.__('in %1', where[0]) : this.note(product);
  }

  private detail(name: string): Resource<ProductDetail> {
    let resource = this._details.get(name);
    if (!resource) {
      resource = new Resource(() => this.api.product(name));
      resource.changed.connect(() => this._changed.emit(), this);
      this._details.set(name, resource);
    }
    return resource;
  }

  /** Forget columns of closed products, fetch those of open ones again. */
  async refresh(): Promise<void> {
    const open = new Set([...this._opened].map(key => this._names.get(key)));
    for (const name of [...this._details.keys()]) {
      if (!open.has(name)) {
        this._details.delete(name);
      }
    }
    await Promise.all([...this._details.values()].map(detail => detail.load()));
  }

  private _opened = new Set<string>();
  private _names = new Map<string, string>();
  private _details = new Map<string, Resource<ProductDetail>>();
  private _changed = new Signal<ProductBranch, void>(this);
}
