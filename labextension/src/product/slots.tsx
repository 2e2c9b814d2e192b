import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Run, Slot } from '../api/types';
import { useEnvironment } from '../components/environment';
import { useResource } from '../components/resource';
import type { ProductModel } from './model';
import { slotStart } from './slot';
import { stateWord } from './words';

/** What became of a slot: its run's state where it ran, else what was decided. */
type Fate = Run['state'] | 'due' | 'skipped' | 'missed' | 'run';
const SIGNS: Partial<Record<Fate, string>> = {
  succeeded: '✓',
  unchanged: '=',
  failed: '✕',
  cancelled: '–',
  skipped: '–',
  missed: '!',
  due: '…',
  queued: '…'
};

/** The newest slots as a calendar: a square each, oldest first. A square leads to the run of its slot. */
export function Slots({ model }: { model: ProductModel }): JSX.Element | null {
  const { trans } = useEnvironment();
  const found = useResource(model.slots());
  const runs = new Map(
    (useResource(model.runs).value?.items ?? []).map(run => [run.id, run])
  );
  const slots = found.value?.items ?? [];
  if (!slots.length) {
    return null;
  }
  const squares = [...slots]
    .sort((one, other) => one.start.localeCompare(other.start))
    .map(slot => ({ slot, fate: fateOf(slot, runs), run: runOf(slot) }));
  const fates = [...new Set(squares.map(square => square.fate))];
  return (
    <section className="jp-mesh-slots" aria-label={trans.__('Slots')}>
      <ul className="jp-mesh-slot-grid">
        {squares.map(({ slot, fate, run }) => (
          <li key={slot.id}>
            <button
              type="button"
              className="jp-mesh-slot"
              data-fate={fate}
              disabled={!run}
              title={told(slot, fate, trans)}
              aria-label={told(slot, fate, trans)}
              onClick={() => run && model.select('runs', run)}
            >
              <span aria-hidden="true">{SIGNS[fate] ?? '▸'}</span>
            </button>
          </li>
        ))}
      </ul>
      <ul className="jp-mesh-slot-legend" aria-hidden="true">
        {fates.map(fate => (
          <li key={fate}>
            <span className="jp-mesh-slot" data-fate={fate}>
              {SIGNS[fate] ?? '▸'}
            </span>
            {fateWord(fate, trans)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function runOf(slot: Slot): string | null {
  const decisions = slot.decisions ?? [];
  return decisions[decisions.length - 1]?.run_id ?? null;
}

function fateOf(slot: Slot, runs: Map<string, Run>): Fate {
  const run = runs.get(runOf(slot) ?? '');
  return slot.state === 'run' && run ? run.state : (slot.state ?? 'due');
}

function fateWord(fate: Fate, trans: TranslationBundle): string {
  switch (fate) {
    case 'due':
      return trans.__('Due');
    case 'skipped':
      return trans.__('Skipped');
    case 'missed':
      return trans.__('Missed');
    case 'run':
      return trans.__('Ran earlier');
    default:
      return stateWord(fate, trans);
  }
}

/** A slot in words: when, what became of it, and why. */
function told(slot: Slot, fate: Fate, trans: TranslationBundle): string {
  const decisions = slot.decisions ?? [];
  const reason = decisions[decisions.length - 1]?.reason ?? '';
  const timezone = slot.timezone ?? 'UTC';
  const when = slotStart({ start: slot.start, end: slot.end, timezone });
  return [trans.__('%1: %2.', when, fateWord(fate, trans)), reason]
    .filter(Boolean)
    .join(' ');
}
