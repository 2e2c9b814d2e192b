/** What is known of a completion or a word, in words. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Completion, Mark, Meaning } from '../api/types';
import { healthReason, healthShort } from '../components/health';
import { descriptionOf, kindWord } from './kinds';
import { markWord, saidWords } from './said';

/** Plain text beside the list of completions, as JupyterLab shows it; empty when there is nothing to say. */
export function documentationOf(
  item: Completion,
  trans: TranslationBundle
): string {
  return [
    [item.type, item.of].filter(Boolean).join(' · '),
    descriptionOf(item, trans),
    (item.facts ?? []).map(fact => saidWords(fact, trans)).join(' · '),
    ...trustOf(item, trans).map(one => one.words)
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What stands beside a name in the list: the type of a column, else the kind of thing; and what to beware of. */
export function shortly(item: Completion, trans: TranslationBundle): string {
  const kind =
    ((item.kind === 'column' || item.kind === 'variable') && item.type) ||
    kindWord(item.kind, trans);
  const health = item.health && healthShort(item.health.state, trans);
  const warnings = (item.marks ?? [])
    .filter(mark => mark.level !== 'good')
    .map(mark => markWord(mark, trans));
  const bad = health && item.health?.state !== 'kept' ? [health] : [];
  return [kind, ...bad, ...warnings].join(' · ');
}

/** What a word stands for, as an element that assistive technology can read. */
export function elementOf(
  meaning: Meaning,
  trans: TranslationBundle
): HTMLElement {
  const box = noteOf('');
  const head = add(box, 'div', '');
  add(head, 'strong', meaning.name);
  if (meaning.type) {
    add(head, 'code', meaning.type);
  }
  if (meaning.description) {
    add(box, 'p', meaning.description);
  }
  const trust = trustOf(meaning, trans);
  if (trust.length) {
    const list = add(box, 'ul', '');
    list.className = 'jp-mesh-marks';
    for (const { level, words } of trust) {
      add(list, 'li', words).dataset.level = level;
    }
  }
  const promises = meaning.promises ?? [];
  if (promises.length) {
    add(box, 'div', trans.__('Its contract promises')).className =
      'jp-mesh-dim';
    const list = add(box, 'ul', '');
    promises.forEach(promise => add(list, 'li', saidWords(promise, trans)));
  }
  const facts = [
    ...(meaning.facts ?? []).map(fact => saidWords(fact, trans)),
    ...(meaning.owner ? [trans.__('owner: %1', meaning.owner)] : [])
  ];
  if (facts.length) {
    add(box, 'div', facts.join(' · ')).className = 'jp-mesh-dim';
  }
  return box;
}

/** A sentence where an explanation would be. */
export function noteOf(text: string): HTMLElement {
  const box = document.createElement('div');
  box.className = 'jp-mesh-meaning';
  box.setAttribute('role', 'tooltip');
  box.textContent = text;
  return box;
}

/** By what to trust it or not, each with its reason, the marks before health. */
function trustOf(
  one: Pick<Completion, 'marks' | 'health'>,
  trans: TranslationBundle
): { level: NonNullable<Mark['level']>; words: string }[] {
  const found = (one.marks ?? []).map(mark => ({
    level: mark.level ?? 'caution',
    words: saidWords(mark, trans)
  }));
  if (!one.health) {
    return found;
  }
  const { state } = one.health;
  const bad = state === 'breached' || state === 'failed';
  const level = state === 'kept' ? 'good' : bad ? 'bad' : 'caution';
  const reason = healthReason(one.health, trans);
  const word = healthShort(state, trans);
  return [
    ...found,
    { level, words: reason ? trans.__('%1: %2', word, reason) : word }
  ];
}

function add(to: HTMLElement, tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  to.append(made);
  return made;
}
