/** The explanation of the name at the cursor, for who asks by keyboard. */

import type { Extension } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import type { EditorView, Tooltip } from '@codemirror/view';
import { showTooltip } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { Around } from './around';
import { toCharacters, toUnits } from './ours';
import { elementOf, noteOf } from './words';

/** On the page's body while one is shown: by it Escape closes it, and leaves the cell as it is. */
const SHOWN = 'jp-mod-mesh-explained';
const setTooltip = StateEffect.define<Tooltip | null>();

/** Shows what `Explanation` found; it vanishes with the next edit or step of the cursor. */
export const explained: Extension = StateField.define<Tooltip | null>({
  create: () => null,
  update: (tooltip, change) => {
    for (const effect of change.effects) {
      if (effect.is(setTooltip)) {
        return effect.value;
      }
    }
    return change.docChanged || change.selection ? null : tooltip;
  },
  provide: field => showTooltip.from(field)
});

export class Explanation {
  constructor(
    private api: MeshApi,
    private around: Around,
    private trans: TranslationBundle
  ) {
    // There before it has something to say, else screen readers miss the first time.
    this.spoken.className = 'jp-mesh-hidden';
    this.spoken.setAttribute('role', 'status');
    document.body.append(this.spoken);
  }

  /** Explain the name at the cursor; when that is shown already, step into it, to scroll. */
  async show(view: EditorView): Promise<void> {
    if (this.box && this.view === view) {
      this.box.focus();
      return;
    }
    this.close();
    const text = view.state.doc.toString();
    const place = view.state.selection.main.head;
    let box: HTMLElement;
    let start = place;
    try {
      const cursor = toCharacters(place, text);
      const asked = await this.around.ask(text, cursor, view.dom);
      const meaning = asked && (await this.api.meaning(asked));
      box = meaning
        ? elementOf(meaning, this.trans)
        : noteOf(this.trans.__('The mesh knows nothing of what is here.'));
      start = meaning ? toUnits(meaning.start, text) : place;
    } catch (error) {
      box = noteOf(Problem.from(error).message);
    }
    if (view.state.doc.toString() !== text) {
      return;
    }
    box.tabIndex = 0;
    // It may stand outside of the notebook, where the shortcut does not reach.
    box.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      }
    });
    view.focus();
    view.dispatch({
      effects: setTooltip.of({
        pos: start,
        above: true,
        create: () => ({
          dom: box,
          mount: () => {
            this.view = view;
            this.box = box;
            document.body.classList.add(SHOWN);
          },
          destroy: () => {
            if (this.box === box) {
              this.box = this.view = null;
              document.body.classList.remove(SHOWN);
              this.spoken.textContent = '';
            }
          }
        })
      })
    });
    this.spoken.textContent = box.innerText;
  }

  /** Back to the cell as it was. */
  close(): void {
    const { view } = this;
    view?.dispatch({ effects: setTooltip.of(null) });
    view?.focus();
  }

  private spoken = document.createElement('div');
  private view: EditorView | null = null;
  private box: HTMLElement | null = null;
}
