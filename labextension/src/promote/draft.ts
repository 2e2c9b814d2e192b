/** What was typed into the promotion dialog. It outlives the dialog and the page, until it was promoted. */

import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import { isRecord } from '../api/problem';
import type { PromotionRequest, ScheduleDraft } from '../api/types';

export interface IDraft {
  domain: string;
  newDomain: boolean;
  product: string;
  title: string;
  description: string;
  tags: string;
  contracts: Record<string, string>;
  schedule: ScheduleDraft | null;
  bump: 'major' | 'minor' | 'patch' | null;
  note: string;
  /** Date until which an old major version can be read; empty for the usual one. */
  sunset: string;
  /** Why a breaking change is promoted without waiting for its consumers. */
  override: string;
  run: boolean;
}

export function emptyDraft(): IDraft {
  return {
    domain: '',
    newDomain: false,
    product: '',
    title: '',
    description: '',
    tags: '',
    contracts: {},
    schedule: null,
    bump: null,
    note: '',
    sunset: '',
    override: '',
    run: true
  };
}

/** `folder` is the notebook's on the server's disk, null when it is not there. */
export function requestOf(
  draft: IDraft,
  notebook: string,
  folder: string | null
): PromotionRequest {
  return {
    notebook,
    folder,
    to: `${draft.domain.trim()}.${draft.product.trim()}`,
    create_domain: draft.newDomain,
    title: draft.title,
    description: draft.description,
    tags: draft.tags.split(/[\s,]+/).filter(Boolean),
    contracts: draft.contracts,
    schedule: draft.schedule,
    bump: draft.bump,
    note: draft.note,
    sunset: draft.sunset ? `${draft.sunset}T00:00:00Z` : null,
    override: draft.override,
    run: draft.run
  };
}

/** Drafts by path of the notebook, in JupyterLab's state database. */
export class Drafts {
  constructor(private state: IStateDB | null) {}

  async load(path: string): Promise<Partial<IDraft>> {
    const kept: unknown = await this.state?.fetch(this.key(path));
    return isRecord(kept) ? (kept as Partial<IDraft>) : {};
  }

  async keep(path: string, draft: IDraft): Promise<void> {
    await this.state?.save(
      this.key(path),
      draft as unknown as ReadonlyPartialJSONValue
    );
  }

  async drop(path: string): Promise<void> {
    await this.state?.remove(this.key(path));
  }

  private key(path: string): string {
    return `mesh-workbench:draft:${path}`;
  }
}
