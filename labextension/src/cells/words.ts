/** What is known of a completion or a word, in words. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Completion, Mark, Meaning } from '../api/types';

/** Plain text beside the list of completions, as JupyterLab shows it; empty when there is nothing to say. */
export function documentationOf(
  item: Completion,
  trans: TranslationBundle
): string {
  return [
    [item.type, item.of].filter(Boolean).join(' · '),
    item.description,
    ...(item.marks ?? []).map(mark => markWords(mark, trans))
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What stands beside a name in the list: the type of a column, else the kind of thing; and what to beware of. */
export function shortly(item: Completion): string {
  const kind =
    item.kind === 'column' || item.kind === 'variable'
      ? item.type || item.kind
      : item.kind;
  const warnings = (item.marks ?? [])
    .filter(mark => mark.level !== 'good')
    .map(mark => mark.word);
  return [kind, ...warnings].join(' · ');
}

/** A mark and its reason. */
export function markWords(mark: Mark, trans: TranslationBundle): string {
  return mark.reason ? trans.__('%1: %2', mark.word, mark.reason) : mark.word;
}

/** What a word stands for, as an element that assistive technology can read. */
export function elementOf(
  meaning: Meaning,
  trans: TranslationBundle
): HTMLElement {
  const box = document.createElement('div');
  box.className = 'jp-mesh-meaning';
  box.setAttribute('role', 'tooltip');
  const head = add(box, 'div', '');
  add(head, 'strong', meaning.name);
  if (meaning.type) {
    add(head, 'code', meaning.type);
  }
  if (meaning.description) {
    add(box, 'p', meaning.description);
  }
  const marks = meaning.marks ?? [];
  if (marks.length) {
    const list = add(box, 'ul', '');
    list.className = 'jp-mesh-marks';
    for (const mark of marks) {
      add(list, 'li', markWords(mark, trans)).dataset.level = mark.level;
    }
  }
  const promises = meaning.promises ?? [];
  if (promises.length) {
    add(box, 'div', trans.__('Its contract promises')).className =
      'jp-mesh-dim';
    const list = add(box, 'ul', '');
    promises.forEach(promise => add(list, 'li', promise));
  }
  const facts = [
    ...(meaning.facts ?? []),
    ...(meaning.owner ? [trans.__('owner: %1', meaning.owner)] : [])
  ];
  if (facts.length) {
    add(box, 'div', facts.join(' · ')).className = 'jp-mesh-dim';
  }
  return box;
}

function add(to: HTMLElement, tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  to.append(made);
  return made;
}
