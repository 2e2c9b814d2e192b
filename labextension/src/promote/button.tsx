import { ReactWidget } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';

import type { MeshApi } from '../api/client';
import { isAbort } from '../api/problem';
import type { PromotionPlan } from '../api/types';
import { promoteIcon } from '../icons';
import { NAME as RUNS } from '../product/drive';
import { documentOf, folderOf, promotedTo } from './document';
import { emptyDraft, requestOf } from './draft';

const QUIET_MS = 2500;

/**
 * The button in a notebook's toolbar. It says what it would do: promote, promote changes, nothing.
 *
 * Only a notebook that was promoted before is compared, and only while it is looked at and rests for a moment.
 */
export class PromoteButton extends ReactWidget {
  constructor(
    private panel: NotebookPanel,
    private api: MeshApi,
    private trans: TranslationBundle,
    private promote: () => void
  ) {
    super();
    this.addClass('jp-mesh-promote-button');
    if (panel.context.path.startsWith(`${RUNS}:`)) {
      this.hide(); // What a run executed carries its injected parameters; the original is what to promote.
    }
    void panel.context.ready.then(() => {
      if (!this.isDisposed && !panel.isDisposed) {
        panel.content.modelContentChanged.connect(this.onEdited, this);
        panel.context.model.metadataChanged.connect(this.onMetadata, this);
        this.onMetadata();
      }
    });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._asking?.abort();
      this._soon.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    if (!this._plan && this.panel.context.isReady) {
      void this.compare();
    }
  }

  protected override render(): JSX.Element {
    return (
      <ToolbarButtonComponent
        icon={promoteIcon}
        label={this.label()}
        tooltip={this.trans.__('Promote this notebook to a data product')}
        onClick={this.promote}
        noFocusOnClick
      />
    );
  }

  private label(): string {
    switch (this._plan?.status) {
      case 'changed':
        return this.trans.__('Promote changes…');
      case 'unchanged':
        return this.trans.__(
          'Up to date with %1',
          this._plan.current_version ?? ''
        );
      default:
        return this.trans.__('Promote');
    }
  }

  private onMetadata(): void {
    void this.compare();
  }

  private onEdited(): void {
    if (promotedTo(this.panel)) {
      this._soon.invoke().catch(() => undefined);
    }
  }

  private async compare(): Promise<void> {
    const to = promotedTo(this.panel);
    if (!to || !this.panel.isVisible || document.hidden) {
      return;
    }
    const [domain, product] = to.split('.');
    this._asking?.abort();
    const asking = (this._asking = new AbortController());
    try {
      const request = requestOf(
        { ...emptyDraft(), domain, product, run: false },
        documentOf(this.panel),
        folderOf(this.panel)
      );
      this._plan = await this.api.planPromotion(request, asking.signal);
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      // The button then only offers to promote; the dialog tells what is wrong.
      this._plan = null;
    }
    if (!this.isDisposed) {
      this.update();
    }
  }

  private _soon = new Debouncer(() => this.compare(), QUIET_MS);
  private _plan: PromotionPlan | null = null;
  private _asking: AbortController | null = null;
}
