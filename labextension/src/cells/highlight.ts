/** SQL in the colours of SQL, in cells that begin with `%%mesh`. */

// This module is loaded when the plugin is.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql';
import type { Extension, Range } from '@codemirror/state';
import { Prec, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView } from '@codemirror/view';
import { jupyterHighlightStyle } from '@jupyterlab/codemirror';
import { highlightTree } from '@lezer/highlight';

import { beginOfSql } from './ours';

/** What DuckDB has beyond PostgreSQL. */
const MORE =
  ' anti asof at columns exclude filter ilike macro pivot positional qualify replace semi struct summarize timestamp try_cast unpivot version';
const DUCKDB = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: (PostgreSQL.spec.keywords ?? '') + MORE
});
/** The longest statement that is answered, and then some. */
const LONGEST = 110_000;
/** Over the colours that the same words have as Python. */
const PLAIN = Decoration.mark({ class: 'jp-mesh-sql' });
/** The first line: `as` of `--as-of` is no keyword. */
const MAGIC = Decoration.mark({ class: 'jp-mesh-magic' });
const NONE: IColours = { ground: Decoration.none, words: Decoration.none };

interface IColours {
  ground: DecorationSet;
  words: DecorationSet;
}

function coloursOf(text: string): IColours {
  const begin = beginOfSql(text);
  if (begin === null || begin >= text.length || text.length > LONGEST) {
    return NONE;
  }
  const words: Range<Decoration>[] = [];
  const tree = DUCKDB.language.parser.parse(text.slice(begin));
  highlightTree(tree, jupyterHighlightStyle, (from, to, classes) => {
    words.push(
      Decoration.mark({ class: classes }).range(begin + from, begin + to)
    );
  });
  return {
    ground: Decoration.set([
      MAGIC.range(0, begin),
      PLAIN.range(begin, text.length)
    ]),
    words: Decoration.set(words)
  };
}

/** Colours the SQL of the cells that have it. */
export const sqlColours: Extension = StateField.define<IColours>({
  create: state => coloursOf(state.doc.toString()),
  update: (colours, change) =>
    change.docChanged ? coloursOf(change.newDoc.toString()) : colours,
  // Of two, the one of higher precedence is written inside, and its colour holds.
  provide: field => [
    Prec.highest(EditorView.decorations.from(field, found => found.words)),
    Prec.high(EditorView.decorations.from(field, found => found.ground))
  ]
});
