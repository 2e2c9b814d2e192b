import * as React from 'react';

import type { Run } from '../api/types';
import { useEnvironment } from '../components/environment';
import { stateWord } from './words';

const ORDER = ['run', 'check', 'publish'] as const;
type StepState = 'todo' | 'active' | 'done' | 'failed';

/** A run's state as a sign and a word. */
export function StateMark({ run }: { run: Run }): JSX.Element {
  const { trans } = useEnvironment();
  const sign =
    {
      succeeded: '✓',
      unchanged: '=',
      failed: '✕',
      cancelled: '–',
      queued: '…'
    }[run.state as string] ?? '▸';
  return (
    <span className="jp-mesh-outcome" data-state={run.state}>
      <span aria-hidden="true">{sign}</span> {stateWord(run.state, trans)}
    </span>
  );
}

/** Run → check → publish, with where it is or where it ended. */
export function Steps({
  run,
  notes
}: {
  run: Run;
  notes: Partial<Record<string, string>>;
}): JSX.Element {
  const { trans } = useEnvironment();
  const labels = {
    run: trans.__('Run'),
    check: trans.__('Check'),
    publish: trans.__('Publish')
  };
  const words: Record<StepState, string> = {
    todo: trans.__('not yet'),
    active: trans.__('now'),
    done: trans.__('done'),
    failed: trans.__('failed')
  };
  return (
    <ol className="jp-mesh-steps" aria-label={trans.__('Steps of the run')}>
      {ORDER.map(step => {
        const state = stepState(run, step);
        return (
          <li
            key={step}
            data-state={state}
            aria-current={state === 'active' ? 'step' : undefined}
          >
            <span className="jp-mesh-step-sign" aria-hidden="true">
              {{ todo: '○', active: '◐', done: '✓', failed: '✕' }[state]}
            </span>
            <span>
              {labels[step]}
              <span className="jp-mesh-hidden"> {words[state]}</span>
              {notes[step] && (
                <span className="jp-mesh-dim"> {notes[step]}</span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** How far a step is, told from the run's state and, when it failed, from what failed. */
function stepState(run: Run, step: (typeof ORDER)[number]): StepState {
  const at = ORDER.indexOf(step);
  switch (run.state) {
    case 'succeeded':
    case 'unchanged':
      return 'done';
    case 'queued':
    case 'starting':
      return 'todo';
    case 'running':
    case 'checking':
    case 'publishing': {
      const now = ['running', 'checking', 'publishing'].indexOf(run.state);
      return at < now ? 'done' : at === now ? 'active' : 'todo';
    }
    case 'failed':
    case 'cancelled': {
      const ended = endedAt(run);
      if (at < ended) {
        return 'done';
      }
      return at === ended && run.state === 'failed' ? 'failed' : 'todo';
    }
  }
}

function endedAt(run: Run): number {
  if (run.failure?.failure_class === 'contract') {
    return 1;
  }
  const step = ORDER.indexOf(run.progress.step as (typeof ORDER)[number]);
  return step < 0 ? 0 : step;
}
