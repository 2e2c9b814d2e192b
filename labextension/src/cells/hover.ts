/** What a word of a cell stands for, and what its contract says, while the mouse rests on it. */

import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import type { Around } from './around';
import { toCharacters, toUnits } from './ours';
import { elementOf } from './words';

const REST_MS = 300;

/** Asks the workbench about the word under the mouse. */
export function meaningOnHover(
  api: MeshApi,
  around: Around,
  trans: TranslationBundle
): Extension {
  return hoverTooltip(
    async (view, place) => {
      const text = view.state.doc.toString();
      try {
        const cursor = toCharacters(place, text);
        const asked = await around.ask(text, cursor, view.dom);
        const meaning = asked && (await api.meaning(asked));
        if (!meaning || view.state.doc.toString() !== text) {
          return null;
        }
        return {
          pos: toUnits(meaning.start, text),
          end: toUnits(meaning.end, text),
          above: true,
          create: () => ({ dom: elementOf(meaning, trans) })
        };
      } catch (error) {
        // Nobody asked for it: a workbench that does not answer is told of elsewhere.
        console.debug(Problem.from(error).message);
        return null;
      }
    },
    { hoverTime: REST_MS, hideOnChange: true }
  );
}
