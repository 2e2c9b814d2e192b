import { ReactWidget } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Debouncer, Poll } from '@lumino/polling';
import * as React from 'react';

import type { MeshApi } from '../api/client';
import { isAbort } from '../api/problem';
import type { Standing } from '../api/types';
import { promoteIcon } from '../icons';
import { NAME as RUNS } from '../product/drive';
import { documentOf, folderOf, promotedTo } from './document';

const QUIET_MS = 2500;
const POLL_MS = 30_000;

/**
 * The button in a notebook's toolbar. It says what it would do: promote, promote changes, nothing.
 *
 * Only a notebook that was promoted before is compared, and only while it is looked at and rests for a moment. The
 * document is sent when it was edited, or when files beside it count too; else whether somebody else promoted meanwhile
 * is asked with a digest alone.
 */
export class PromoteButton extends ReactWidget {
  constructor(
    private panel: NotebookPanel,
    private api: MeshApi,
    private trans: TranslationBundle,
    private promote: () => Promise<unknown>
  ) {
    super();
    this.addClass('jp-mesh-promote-button');
    if (panel.context.path.startsWith(`${RUNS}:`)) {
      this.hide(); // What a run executed carries its injected parameters; the original is what to promote.
    }
    this._poll = new Poll({
      name: `mesh-workbench:promote:${panel.id}`,
      auto: false,
      factory: () => this.compare(),
      frequency: { interval: POLL_MS, backoff: true, max: 10 * POLL_MS },
      standby: () => document.hidden || !panel.isVisible || !promotedTo(panel)
    });
    void panel.context.ready.then(() => {
      if (!this.isDisposed && !panel.isDisposed) {
        panel.content.modelContentChanged.connect(this.onEdited, this);
        panel.context.saveState.connect(this.onSaved, this);
        panel.context.model.metadataChanged.connect(this.onMetadata, this);
        this.onMetadata();
        void this._poll.start();
      }
    });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._asking?.abort();
      this._soon.dispose();
      this._poll.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    if (this.panel.context.isReady) {
      void this.compare();
    }
  }

  protected override render(): JSX.Element {
    const version = this._standing?.version ?? '';
    return (
      <ToolbarButtonComponent
        icon={promoteIcon}
        label={this.label()}
        tooltip={
          this._standing?.status === 'changed'
            ? this.trans.__(
                'Changed since %1: %2',
                version,
                this._standing.changes.slice(0, 5).join('; ')
              )
            : this.trans.__('Promote this notebook to a data product')
        }
        onClick={() => void this.promote().then(() => this.compare())}
        noFocusOnClick
      />
    );
  }

  private label(): string {
    switch (this._standing?.status) {
      case 'changed':
        return this.trans.__('Promote changes…');
      case 'unchanged':
        return this.trans.__(
          'Up to date with %1',
          this._standing.version ?? ''
        );
      default:
        return this.trans.__('Promote');
    }
  }

  private onMetadata(): void {
    void this.compare();
  }

  private onSaved(_: unknown, state: string): void {
    if (state === 'completed') {
      void this.compare();
    }
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
    this._asking?.abort();
    const folder = folderOf(this.panel);
    const asking = (this._asking = new AbortController());
    try {
      const notebook = documentOf(this.panel);
      const asked = `${to} ${notebook}`;
      this._standing =
        this._standing && !this._standing.files && asked === this._asked
          ? await this.again(to, this._standing)
          : await this.api.standing({ to, notebook, folder }, asking.signal);
      this._asked = asked;
    } catch (error) {
      if (isAbort(error) || asking.signal.aborted) {
        return;
      }
      // The button then only offers to promote; the dialog tells what is wrong.
      this._standing = null;
    }
    if (!this.isDisposed) {
      this.update();
    }
  }

  /** The document is as it was: the newest version may be another one. */
  private async again(to: string, known: Standing): Promise<Standing> {
    const [newest] = (await this.api.versions(to, 1)).items;
    return newest
      ? {
          digest: known.digest,
          version: newest.version,
          ...(newest.digest === known.digest
            ? { status: 'unchanged', changes: [] }
            : {
                status: 'changed',
                changes: [this.trans.__('the notebook changed')]
              }),
          files: newest.files.length > 0
        }
      : { ...known, status: 'new', version: null };
  }

  private _soon = new Debouncer(() => this.compare(), QUIET_MS);
  private _poll: Poll;
  private _standing: Standing | null = null;
  private _asked = '';
  private _asking: AbortController | null = null;
}
