/** An executed notebook as a page to read, in a frame that can do nothing. */

import { Widget } from '@lumino/widgets';

import type { MeshApi } from '../api/client';

export class RunPage extends Widget {
  constructor(api: MeshApi, run: string) {
    super();
    this.addClass('jp-mesh-run-page');
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', '');
    frame.title = run;
    this.node.appendChild(frame);
    this.ready = api.runPage(run).then(html => {
      frame.srcdoc = html;
    });
  }

  /** Resolves when it is shown; rejects with the Problem that prevents it. */
  readonly ready: Promise<void>;
}
