/** The first list of names would wait until the server has read them: it is asked ahead. */

import type { INotebookTracker } from '@jupyterlab/notebook';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';

const TEXT = '%%mesh\nSELECT * FROM m';
/** After what opening a notebook asks for. */
const LATER_MS = 1_000;

/** Ask once for names and functions after the first notebook is opened, while the page is looked at. */
export function warmWithTheFirst(
  notebooks: INotebookTracker,
  api: MeshApi
): void {
  const later = (): void => {
    notebooks.widgetAdded.disconnect(later);
    setTimeout(seen, LATER_MS);
  };
  const seen = (): void => {
    if (document.hidden) {
      document.addEventListener('visibilitychange', seen, { once: true });
      return;
    }
    api
      .complete({ text: TEXT, cursor: TEXT.length, limit: 1 })
      .catch(error => console.debug(Problem.from(error).message));
  };
  notebooks.widgetAdded.connect(later);
}
