/** State of one promotion: the draft, the server's plan for it, and what came of it. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { isAbort, Problem } from '../api/problem';
import type {
  Domain,
  Fix,
  Promotion,
  PromotionPlan,
  Proposal
} from '../api/types';
import type { IMeshConnection } from '../tokens';
import {
  documentOf,
  folderOf,
  promotedTo,
  rememberPromotion,
  sameToFix,
  suggestedName
} from './document';
import { Drafts, emptyDraft, requestOf } from './draft';
import type { IDraft } from './draft';
import { applyFix } from './fix';
import { Trial } from './trial';

const QUIET_MS = 350;

export const STEPS = [
  'findings',
  'parameters',
  'output',
  'preflight',
  'schedule',
  'review'
] as const;
export type StepId = (typeof STEPS)[number];

export class PromoteModel {
  constructor(
    readonly panel: NotebookPanel,
    readonly connection: IMeshConnection,
    private drafts: Drafts
  ) {
    this.trial = new Trial(connection.api);
  }

  get changed(): ISignal<PromoteModel, void> {
    return this._changed;
  }

  draft: IDraft = emptyDraft();
  domains: Domain[] | null = null;
  /** The last good plan; it stays while another one is made. */
  plan: PromotionPlan | null = null;
  /** Why there is no plan for the present draft, or why promoting failed. */
  problem: Problem | null = null;
  planning = false;
  promoting = false;
  /** Whether consumers are being told, and why that failed. */
  announcing = false;
  announceProblem: Problem | null = null;
  done: Promotion | null = null;
  /** What waits for approval, where the domain asks for it. */
  proposed: Proposal | null = null;
  step: StepId = 'findings';
  readonly trial: Trial;
  /** The preset with which the notebook is tried out; null for the defaults. */
  preset: string | null = null;

  get path(): string {
    return this.panel.context.path;
  }

  get title(): string {
    return this.panel.title.label;
  }

  /** Whether everything is known that promoting needs. */
  get ready(): boolean {
    return Boolean(
      this.plan?.may_promote &&
      this.plan.status !== 'unchanged' &&
      (!this.plan.breaking?.waiting.length || this.draft.override.trim()) &&
      !this.problem &&
      !this.planning &&
      !this.promoting
    );
  }

  /** Fill the draft: what was typed before, else what the notebook and the catalog say. */
  async start(): Promise<void> {
    const [domain = '', product = ''] = (promotedTo(this.panel) ?? '').split(
      '.'
    );
    const kept = await this.drafts.load(this.path);
    this.draft = {
      ...emptyDraft(),
      domain,
      product: product || suggestedName(this.panel),
      ...kept
    };
    try {
      this.domains = (await this.connection.api.domains(null)).items;
    } catch (error) {
      this.problem = Problem.from(error);
      this._changed.emit();
      return;
    }
    if (!this.draft.domain) {
      this.draft.domain = this.domains[0]?.name ?? '';
      this.draft.newDomain = this.domains.length === 0;
    }
    await this.replan();
  }

  /** Change what was typed; a draft is kept and a new plan is made soon. */
  edit(change: Partial<IDraft>): void {
    this.draft = { ...this.draft, ...change };
    // A plan of the draft before would let its fixes be clicked, and the next plan would disable them in mid-click.
    this._asking?.abort();
    this.planning = true;
    this._changed.emit();
    void this.drafts.keep(this.path, this.draft);
    this._soon.invoke().catch(() => undefined);
  }

  go(step: StepId): void {
    this.step = step;
    this._changed.emit();
  }

  /** Apply what a finding offers, and look at the notebook again. */
  async fix(fix: Fix): Promise<void> {
    // It was made for the notebook that was planned: somebody else may have changed it since.
    if (sameToFix(this._planned, documentOf(this.panel))) {
      applyFix(this.panel, fix);
    }
    await this.replan();
  }

  /** Whether the notebook is the one that was tried out. */
  get triedAsItIs(): boolean {
    return sameToFix(this.trial.tried, documentOf(this.panel));
  }

  choosePreset(preset: string | null): void {
    this.preset = preset;
    this._changed.emit();
  }

  /** Execute the notebook as it is now in a clean kernel. */
  tryOut(): void {
    const notebook = documentOf(this.panel);
    const { to, contracts } = requestOf(this.draft, notebook, null);
    void this.trial.start({
      notebook,
      folder: folderOf(this.panel),
      to,
      contracts,
      preset: this.preset
    });
  }

  /** Apply what trying it out offers, and try again. */
  async fixAndTry(fix: Fix): Promise<void> {
    if (this.triedAsItIs) {
      applyFix(this.panel, fix);
    }
    this.tryOut();
    await this.replan();
  }

  /** Ask what promoting the notebook as it is now would do. */
  async replan(): Promise<void> {
    this._asking?.abort();
    if (!this.draft.domain.trim() || !this.draft.product.trim()) {
      this.planning = false;
      this._changed.emit();
      return;
    }
    const asking = (this._asking = new AbortController());
    this.planning = true;
    this._changed.emit();
    try {
      const notebook = documentOf(this.panel);
      const request = requestOf(this.draft, notebook, folderOf(this.panel));
      const plan = await this.connection.api.planPromotion(
        request,
        asking.signal
      );
      if (asking.signal.aborted) {
        return;
      }
      this.plan = plan;
      this._planned = notebook;
      this.problem = null;
      this.draft = {
        ...this.draft,
        title: this.draft.title || plan.analysis.title,
        description: this.draft.description || plan.analysis.description
      };
    } catch (error) {
      if (isAbort(error) || asking.signal.aborted) {
        return;
      }
      this.problem = Problem.from(error);
    }
    this.planning = false;
    this._changed.emit();
  }

  /** Tell consumers what promoting the notebook as it is now would break. */
  async announce(): Promise<void> {
    this.announcing = true;
    this.announceProblem = null;
    this._changed.emit();
    try {
      await this.connection.api.announceChange(
        requestOf(this.draft, documentOf(this.panel), folderOf(this.panel))
      );
      await this.replan();
    } catch (error) {
      this.announceProblem = Problem.from(error);
    }
    this.announcing = false;
    this._changed.emit();
  }

  /** Promote the notebook as it is now. */
  async promote(): Promise<void> {
    this.promoting = true;
    this.problem = null;
    this._changed.emit();
    try {
      const request = requestOf(
        this.draft,
        documentOf(this.panel),
        folderOf(this.panel)
      );
      const body = {
        ...request,
        expected_version: this.plan ? (this.plan.current_version ?? '') : null
      };
      const { api } = this.connection;
      if (this.plan?.review) {
        this.proposed = await api.propose(body);
      } else {
        this.done = await api.promote(body);
      }
      rememberPromotion(this.panel, request.to);
      await this.drafts.drop(this.path);
    } catch (error) {
      this.problem = Problem.from(error);
    }
    this.promoting = false;
    this._changed.emit();
  }

  private _soon = new Debouncer(() => this.replan(), QUIET_MS);
  /** The notebook that `plan` is about. */
  private _planned = '';
  private _asking: AbortController | null = null;
  private _changed = new Signal<PromoteModel, void>(this);
}
