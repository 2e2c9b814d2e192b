/** The codes in which the server speaks of names, in words. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Mark, Said } from '../api/types';
import { count, exact } from '../components/format';

/** A mark in a word or two, for the end of a narrow row. */
export function markWord(mark: Mark, trans: TranslationBundle): string {
  switch (mark.code) {
    case 'deprecated':
      return trans.__('deprecated');
    case 'superseded':
      return trans.__('superseded');
    case 'on_request':
      return trans.__('on request');
    case 'kept_partly':
      return trans.__('kept partly');
    case 'classified':
      return String(mark.values?.[0] ?? '');
    default:
      return saidWords(mark, trans);
  }
}

/** What is said, with its numbers and names. */
export function saidWords(said: Said, trans: TranslationBundle): string {
  const values = said.values ?? [];
  const [first = '', second = '', third = ''] = values.map(shown);
  const number = Number(values[0]);
  switch (said.code) {
    case 'deprecated':
      return sentences(
        first ? trans.__('deprecated: %1', first) : trans.__('deprecated'),
        second && trans.__('It can be read until %1.', exact(second)),
        third && trans.__('Read %1 instead.', third)
      );
    case 'superseded':
      return sentences(
        trans.__('superseded: the newest version is %1.', first),
        second && trans.__('It can be read until %1.', exact(second))
      );
    case 'on_request':
      return trans.__('on request: reading it needs a grant.');
    case 'key':
      return trans.__('key: it identifies a row.');
    case 'required':
      return trans.__('required: it is never empty.');
    case 'classified':
      return trans.__('%1: so its contract classifies it.', first);
    case 'kept':
      return trans.__('kept: %1 of %2 promises checked', first, second);
    case 'kept_partly':
      return trans.__('kept partly: %1 of %2 promises checked', first, second);
    case 'products':
      return trans._n('%1 product', '%1 products', number);
    case 'version':
      return trans.__('version %1', first);
    case 'release':
      return trans.__('release %1', first);
    case 'rows':
      return number === 1 ? trans.__('1 row') : trans.__('%1 rows', first);
    case 'columns':
      return trans._n('%1 column', '%1 columns', number);
    case 'newest':
      return trans.__('newest: %1', first);
    case 'promoted':
      return trans.__('promoted %1', exact(first));
    case 'published':
      return trans.__('published %1', exact(first));
    case 'slot':
      return trans.__('slot %1', first);
    case 'example':
      return trans.__('for example %1', first);
    case 'exists':
      return trans.__('there is a column %1', first);
    case 'logical_type':
      return trans.__('%1 holds %2', first, typeWords(second, trans));
    case 'physical_type':
      return trans.__('%1 fits into %2', first, second);
    case 'never_empty':
      return trans.__('%1 is never empty', first);
    case 'unique':
      return trans.__('no value of %1 occurs twice', first);
    case 'one_of':
      return trans.__('%1 is one of %2', first, second);
    case 'option':
      return optionWords(first, second, third, trans);
    case 'identifies':
      return values.length > 1
        ? trans.__('%1 together identify a row', values.join(', '))
        : trans.__('%1 identifies a row', first);
    case 'found_in':
      return trans.__(
        'every %1 is found in %2',
        values.slice(1).join(', '),
        first
      );
    case 'measured':
      return trans.__(
        '%1: %2',
        metricWords(second, first, trans),
        limitWords(third, values[3] === 'percent', values.slice(4), trans)
      );
    case 'described':
      return first;
    case 'rule':
      return trans.__('a rule about %1 (%2)', first, second);
    case 'more':
      return trans.__('and %1 more', first);
  }
}

function shown(value: string | number): string {
  return typeof value === 'number' ? count(value) : value;
}

function sentences(...parts: string[]): string {
  return parts.filter(Boolean).join(' ');
}

function typeWords(type: string, trans: TranslationBundle): string {
  switch (type) {
    case 'string':
      return trans.__('text');
    case 'date':
      return trans.__('dates');
    case 'timestamp':
      return trans.__('points in time');
    case 'time':
      return trans.__('times of day');
    case 'number':
      return trans.__('numbers');
    case 'integer':
      return trans.__('whole numbers');
    case 'object':
      return trans.__('records');
    case 'array':
      return trans.__('lists');
    case 'boolean':
      return trans.__('true or false');
    case 'map':
      return trans.__('maps');
    case 'vector':
      return trans.__('vectors');
    default:
      return type;
  }
}

function optionWords(
  column: string,
  option: string,
  value: string,
  trans: TranslationBundle
): string {
  switch (option) {
    case 'minLength':
      return trans.__('%1 has at least %2 characters', column, value);
    case 'maxLength':
      return trans.__('%1 has at most %2 characters', column, value);
    case 'pattern':
      return trans.__('%1 matches %2', column, value);
    case 'format':
      return trans.__('%1 is written as %2', column, value);
    case 'minimum':
      return trans.__('%1 is at least %2', column, value);
    case 'maximum':
      return trans.__('%1 is at most %2', column, value);
    case 'exclusiveMinimum':
      return trans.__('%1 is more than %2', column, value);
    case 'exclusiveMaximum':
      return trans.__('%1 is less than %2', column, value);
    case 'multipleOf':
      return trans.__('%1 is a multiple of %2', column, value);
    case 'minItems':
      return trans.__('%1 has at least %2 items', column, value);
    case 'maxItems':
      return trans.__('%1 has at most %2 items', column, value);
    case 'uniqueItems':
      return trans.__('no item of %1 occurs twice', column);
    default:
      return trans.__('%1: %2 is %3', column, option, value);
  }
}

function metricWords(
  metric: string,
  of: string,
  trans: TranslationBundle
): string {
  switch (metric) {
    case 'nullValues':
      return trans.__('rows without %1', of);
    case 'missingValues':
      return trans.__('rows in which %1 is missing', of);
    case 'invalidValues':
      return trans.__('rows in which %1 is invalid', of);
    case 'duplicateValues':
      return trans.__('values of %1 that occur twice', of);
    case 'rowCount':
      return trans.__('rows in %1', of);
    case 'sql':
      return trans.__('the answer of a query about %1', of);
    default:
      return trans.__('%1 of %2', metric, of);
  }
}

function limitWords(
  operator: string,
  percent: boolean,
  numbers: (string | number)[],
  trans: TranslationBundle
): string {
  const [one = '', other = ''] = numbers.map(number =>
    percent ? trans.__('%1 %', shown(number)) : shown(number)
  );
  switch (operator) {
    case 'mustBe':
      return trans.__('exactly %1', one);
    case 'mustNotBe':
      return trans.__('anything but %1', one);
    case 'mustBeGreaterThan':
      return trans.__('more than %1', one);
    case 'mustBeGreaterOrEqualTo':
      return trans.__('at least %1', one);
    case 'mustBeLessThan':
      return trans.__('less than %1', one);
    case 'mustBeLessOrEqualTo':
      return trans.__('at most %1', one);
    case 'mustBeBetween':
      return trans.__('%1 to %2', one, other);
    case 'mustNotBeBetween':
      return trans.__('outside %1 to %2', one, other);
    default:
      return [one, other].filter(Boolean).join(', ');
  }
}
