import * as React from 'react';

import type { Outcome, PromiseResult } from '../api/types';
import { useEnvironment } from '../components/environment';
import { outcomeWord } from './words';

/** The outcome as a word with a sign before it; colour repeats it. */
export function OutcomeMark({ outcome }: { outcome: Outcome }): JSX.Element {
  const { trans } = useEnvironment();
  const sign = {
    passed: '✓',
    failed: '✕',
    error: '✕',
    warned: '!',
    not_evaluated: '–'
  }[outcome];
  return (
    <span className="jp-mesh-outcome" data-outcome={outcome}>
      <span aria-hidden="true">{sign}</span> {outcomeWord(outcome, trans)}
    </span>
  );
}

/** "28 of 31 kept, 1 broken, 2 not evaluated". */
export function OutcomeSummary({
  results
}: {
  results: Pick<PromiseResult, 'outcome'>[];
}): JSX.Element {
  const { trans } = useEnvironment();
  const number = (outcome: Outcome): number =>
    results.filter(one => one.outcome === outcome).length;
  const parts = [
    trans.__('%1 of %2 promises kept', number('passed'), results.length),
    number('failed') ? trans.__('%1 broken', number('failed')) : '',
    number('error') ? trans.__('%1 could not be checked', number('error')) : '',
    number('warned')
      ? trans._n('%1 warning', '%1 warnings', number('warned'))
      : '',
    number('not_evaluated')
      ? trans.__('%1 not evaluated', number('not_evaluated'))
      : ''
  ];
  return <span>{parts.filter(Boolean).join(', ')}</span>;
}
