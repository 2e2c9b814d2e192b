/** What a word of a cell stands for, and what its contract says, while the mouse rests on it. */

import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { MeshApi } from '../api/client';
import { Problem } from '../api/problem';
import { mayBeOurs, toCharacters, toUnits } from './ours';
import { elementOf } from './words';

const REST_MS = 300;

/** Asks the workbench about the word under the mouse. */
export function meaningOnHover(
  api: MeshApi,
  trans: TranslationBundle
): Extension {
  return hoverTooltip(
    async (view, place) => {
      const text = view.state.doc.toString();
      if (!mayBeOurs(text)) {
        return null;
      }
      try {
        const cursor = toCharacters(place, text);
        const meaning = await api.meaning({ text, cursor });
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
