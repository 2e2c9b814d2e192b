/** Kinds of things that are completed, and what the verbs and options of our magics do. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Completion } from '../api/types';

export function kindWord(
  kind: Completion['kind'],
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'domain':
      return trans.__('domain');
    case 'product':
      return trans.__('product');
    case 'port':
      return trans.__('port');
    case 'column':
      return trans.__('column');
    case 'relation':
      return trans.__('relation');
    case 'version':
      return trans.__('version');
    case 'release':
      return trans.__('release');
    case 'function':
      return trans.__('function');
    case 'keyword':
      return trans.__('keyword');
    case 'variable':
      return trans.__('variable');
    case 'option':
      return trans.__('option');
    case 'verb':
      return trans.__('verb');
  }
}

/** What is said of it: of verbs and options in the person's language, else as its author wrote it. */
export function descriptionOf(
  item: Completion,
  trans: TranslationBundle
): string {
  if (item.kind === 'verb' || item.kind === 'option') {
    return magicWords(item.text, trans) || (item.description ?? '');
  }
  return item.description ?? '';
}

function magicWords(text: string, trans: TranslationBundle): string {
  switch (text) {
    case 'search':
      return trans.__(
        'products by name, title, description, owner, tag or column'
      );
    case 'show':
      return trans.__('what a product is, and how it is');
    case 'describe':
      return trans.__(
        'the columns of a port: types, meaning, what is promised'
      );
    case 'sample':
      return trans.__('the first rows of a port');
    case 'profile':
      return trans.__(
        'of each column nulls, distinct values, bounds, and how values spread'
      );
    case 'sql':
      return trans.__('a statement in one line; $name binds a Python variable');
    case 'as-of':
      return trans.__('the moment at which this notebook reads everything');
    case 'explain':
      return trans.__(
        'what a statement would read, or what each promise of a contract means'
      );
    case 'lineage':
      return trans.__(
        'from what a product or a column is made, and what is made from it'
      );
    case 'connect':
      return trans.__(
        'code with which Polars, pandas, DuckDB, Spark or R read exactly these rows'
      );
    case 'run':
      return trans.__('ask for a run; $name takes a Python variable');
    case 'runs':
      return trans.__('what ran last, how it ended, and why');
    case 'check':
      return trans.__(
        'what stands between a notebook, as saved last, and a product'
      );
    case 'status':
      return trans.__('how the workbench is: registry, workers, runs');
    case 'help':
      return trans.__('this list');
    case '--as-of':
      return trans.__(
        'read every product as it was at a moment: --as-of 2013-06-01'
      );
    case '--again':
      return trans.__(
        'read exactly the releases that an earlier result was made from: --again result'
      );
    case '--limit':
      return trans.__('fetch so many rows at most');
    case '--purpose':
      return trans.__(
        "say what the rows are read for: --purpose 'monthly report'"
      );
    case '--pandas':
      return trans.__('give a pandas frame');
    case '--polars':
      return trans.__('give a Polars frame');
    case '--arrow':
      return trans.__('give an Arrow table');
    case '--lazy':
      return trans.__(
        'give a Polars lazy frame, computed when it is collected'
      );
    case '--duckdb':
      return trans.__('give a DuckDB relation');
    default:
      return '';
  }
}
