import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Health, HealthState } from '../api/types';
import { useEnvironment } from './environment';
import { count } from './format';

/** The states of health in words; shape and word carry the meaning, colour only repeats it. */
export function healthWord(
  state: HealthState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'kept':
      return trans.__('Keeps its promises');
    case 'kept_partly':
      return trans.__('Kept in part');
    case 'late':
      return trans.__('Late');
    case 'breached':
      return trans.__('Breached');
    case 'failed':
      return trans.__('Last run failed');
    case 'never_ran':
      return trans.__('Never ran');
  }
}

/** The same in one or two words, for the end of a narrow row. */
export function healthShort(
  state: HealthState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'kept':
      return trans.__('kept');
    case 'kept_partly':
      return trans.__('kept partly');
    case 'late':
      return trans.__('late');
    case 'breached':
      return trans.__('breached');
    case 'failed':
      return trans.__('failed');
    case 'never_ran':
      return trans.__('never ran');
  }
}

/** Why it is so, in a sentence; of a failed run in the words of its error. */
export function healthReason(health: Health, trans: TranslationBundle): string {
  const { counts } = health;
  switch (health.because) {
    case 'kept':
      if (!counts) {
        return health.reason;
      }
      if (health.state === 'kept') {
        return trans.__('All %1 promises kept.', count(counts.promises));
      }
      return trans.__(
        'Of %1 promises %2 kept, %3 warned about, %4 not evaluated.',
        count(counts.promises),
        count(counts.kept),
        count(counts.warned),
        count(counts.not_evaluated)
      );
    case 'run_due':
      return trans.__('A scheduled run is due and no worker has taken it up.');
    case 'run_waits':
      return trans.__('A scheduled run waits and no worker has begun it.');
    case 'data_old':
      return trans.__('Its data are older than its contract promises.');
    case 'nothing_published':
      return trans.__('Nothing has been published yet.');
    default:
      return health.reason;
  }
}

/** A shape for every state of health, with the reason in its tooltip and for screen readers. */
export function HealthDot(props: {
  health: Health;
  /** What the shape stands for here, where it is not the state of health. */
  word?: string;
  withText?: boolean;
}): JSX.Element {
  const { trans } = useEnvironment();
  const word = props.word ?? healthWord(props.health.state, trans);
  const reason = healthReason(props.health, trans);
  const whole = reason ? trans.__('%1. %2', word, reason) : word;
  return (
    <span
      className="jp-mesh-health"
      data-state={props.health.state}
      title={whole}
    >
      <Shape state={props.health.state} />
      {props.withText ? (
        <span className="jp-mesh-health-word">{word}</span>
      ) : (
        <span className="jp-mesh-hidden">{whole}</span>
      )}
    </span>
  );
}

/** Full, half, empty, crossed: told apart without colour. */
function Shape({ state }: { state: HealthState }): JSX.Element {
  return (
    <svg
      viewBox="0 0 12 12"
      width="10"
      height="10"
      aria-hidden="true"
      focusable="false"
    >
      {state === 'kept' && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      {(state === 'kept_partly' ||
        state === 'late' ||
        state === 'never_ran') && (
        <circle
          cx="6"
          cy="6"
          r="4.25"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
        />
      )}
      {state === 'kept_partly' && (
        <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
      )}
      {state === 'late' && (
        <path
          d="M6 3.5V6l1.75 1.25"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.25"
        />
      )}
      {(state === 'breached' || state === 'failed') && (
        <path
          d="M2 2l8 8M10 2l-8 8"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
        />
      )}
    </svg>
  );
}
