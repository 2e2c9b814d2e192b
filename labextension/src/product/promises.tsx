import * as React from 'react';

import type { Outcome, PromiseResult } from '../api/types';
import { useEnvironment } from '../components/environment';
import { count, shortValue } from '../components/format';
import { RowsTable } from '../components/rows';
import { outcomeWord } from './words';

const WORST_FIRST: Outcome[] = [
  'failed',
  'error',
  'warned',
  'not_evaluated',
  'passed'
];

/** Promises grouped by what they speak of, those with trouble first. */
export function Promises(props: {
  results: PromiseResult[];
  onlyTrouble?: boolean;
}): JSX.Element {
  const { trans } = useEnvironment();
  const shown = props.onlyTrouble
    ? props.results.filter(one => one.outcome !== 'passed')
    : props.results;
  const groups = new Map<string, PromiseResult[]>();
  for (const result of shown) {
    const target = result.promise.target;
    const group = target.includes('.')
      ? target.slice(target.indexOf('.') + 1)
      : '';
    groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  const worst = (results: PromiseResult[]): number =>
    Math.min(...results.map(one => WORST_FIRST.indexOf(one.outcome)));
  const ordered = [...groups].sort(
    ([, a], [, b]) => Math.min(worst(a), 3) - Math.min(worst(b), 3)
  );
  return (
    <>
      {ordered.map(([group, results]) => (
        <section key={group} className="jp-mesh-promises">
          <h3 className={group ? 'jp-mesh-mono' : ''}>
            {group || trans.__('The whole port')}
          </h3>
          <ul>
            {worstFirst(results).map(result => (
              <PromiseLine key={result.promise.id} result={result} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Trouble first; what stands equal keeps the order of the contract. */
function worstFirst(results: PromiseResult[]): PromiseResult[] {
  const rank = (one: PromiseResult): number => WORST_FIRST.indexOf(one.outcome);
  return [...results].sort((a, b) => rank(a) - rank(b));
}

function PromiseLine({ result }: { result: PromiseResult }): JSX.Element {
  const { trans } = useEnvironment();
  const observed =
    typeof result.observed === 'number'
      ? count(result.observed)
      : shortValue(result.observed);
  const columns = result.sample.length ? Object.keys(result.sample[0]) : [];
  const facts = [
    observed ? trans.__('observed %1', observed) : '',
    result.expected ? trans.__('expected %1', result.expected) : '',
    !result.reason && result.failing_rows && result.rows
      ? trans.__(
          '%1 of %2 rows',
          count(result.failing_rows),
          count(result.rows)
        )
      : ''
  ].filter(Boolean);
  return (
    <li data-outcome={result.outcome}>
      <OutcomeMark outcome={result.outcome} />
      <div>
        <span>{result.promise.words}</span>
        {result.outcome !== 'passed' && result.reason && (
          <div className="jp-mesh-reason">{result.reason}</div>
        )}
        {columns.length > 0 && (
          <details>
            <summary>
              {trans._n(
                'Show %1 failing row',
                'Show %1 failing rows',
                result.sample.length
              )}
            </summary>
            <RowsTable
              columns={columns}
              rows={result.sample.map(row =>
                columns.map(column => row[column])
              )}
              label={trans.__('Rows that break: %1', result.promise.words)}
            />
          </details>
        )}
      </div>
      <span className="jp-mesh-facts-line">{facts.join(' · ')}</span>
    </li>
  );
}

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
  results: PromiseResult[];
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
