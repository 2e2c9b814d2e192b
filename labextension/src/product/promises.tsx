import * as React from 'react';

import type {
  ContractHistory,
  Outcome,
  PromiseHistory,
  PromiseResult,
  PromiseSpec
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { count, figure } from '../components/format';
import { Name } from '../components/name';
import { RowsTable } from '../components/rows';
import { OutcomeMark } from './outcome';
import { Points } from './points';
import { Trend } from './trend';

const WORST_FIRST: Outcome[] = [
  'failed',
  'error',
  'warned',
  'not_evaluated',
  'passed'
];

/** What was found before, and the way to the runs that found it. */
interface IPast {
  history: ContractHistory;
  openRun: (id: string) => void;
}

/** Promises grouped by what they speak of, those with trouble first. */
export function Promises(props: {
  results: PromiseResult[];
  /** The run that was checked. */
  run: string;
  past?: IPast;
  onlyTrouble?: boolean;
}): JSX.Element {
  const shown = props.onlyTrouble
    ? props.results.filter(one => one.outcome !== 'passed')
    : props.results;
  const groups = byColumn(shown, one => one.promise);
  const worst = (results: PromiseResult[]): number =>
    Math.min(...results.map(one => WORST_FIRST.indexOf(one.outcome)));
  const ordered = [...groups].sort(
    ([, a], [, b]) => Math.min(worst(a), 3) - Math.min(worst(b), 3)
  );
  const before = new Map(
    props.past?.history.promises.map(one => [one.promise.id, one])
  );
  return (
    <>
      {ordered.map(([group, results]) => (
        <section key={group} className="jp-mesh-promises">
          <GroupName group={group} />
          <ul>
            {worstFirst(results).map(result => (
              <PromiseLine
                key={result.promise.id}
                result={result}
                run={props.run}
                past={props.past}
                before={before.get(result.promise.id)}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Promises of which nothing is known yet but what they say. */
export function BarePromises(props: { promises: PromiseSpec[] }): JSX.Element {
  return (
    <>
      {[...byColumn(props.promises, one => one)].map(([group, promises]) => (
        <section key={group} className="jp-mesh-promises">
          <GroupName group={group} />
          <ul>
            {promises.map(promise => (
              <li key={promise.id} data-promise={promise.id}>
                <span className="jp-mesh-promise-alone">{promise.words}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function GroupName({ group }: { group: string }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <h3>
      {group ? (
        <Name text={group} className="jp-mesh-mono" />
      ) : (
        trans.__('The whole port')
      )}
    </h3>
  );
}

/** What belongs to each column, by its name; to the whole port under the empty name. */
function byColumn<Item>(
  items: Item[],
  promise: (item: Item) => PromiseSpec
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const { target } = promise(item);
    const at = target.indexOf('.');
    const group = at < 0 ? '' : target.slice(at + 1);
    groups.set(group, [...(groups.get(group) ?? []), item]);
  }
  return groups;
}

/** Trouble first; what stands equal keeps the order of the contract. */
function worstFirst(results: PromiseResult[]): PromiseResult[] {
  const rank = (one: PromiseResult): number => WORST_FIRST.indexOf(one.outcome);
  return [...results].sort((a, b) => rank(a) - rank(b));
}

function PromiseLine(props: {
  result: PromiseResult;
  run: string;
  past?: IPast;
  before?: PromiseHistory;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { result, past } = props;
  // One check alone is no history.
  const before = past && past.history.checks.length > 1 ? props.before : null;
  const [open, setOpen] = React.useState(false);
  const id = React.useId();
  const observed = figure(result.observed);
  // That a column is there says all there is to say of its being there.
  const told = result.outcome === 'passed' && result.promise.kind === 'column';
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
  ].filter(fact => fact && !told);
  const { words } = result.promise;
  return (
    <li data-outcome={result.outcome} data-promise={result.promise.id}>
      <OutcomeMark outcome={result.outcome} />
      <div className="jp-mesh-promise-words">
        <span>{words}</span>
        {result.outcome !== 'passed' && result.reason && (
          <div className="jp-mesh-reason">{result.reason}</div>
        )}
      </div>
      <span className="jp-mesh-facts-line">{facts.join(' · ')}</span>
      {past && before && (
        <Trend
          checks={past.history.checks}
          points={before.points}
          words={words}
          expanded={open}
          controls={id}
          onToggle={() => setOpen(!open)}
        />
      )}
      {result.sample.length > 0 && (
        <FailingRows result={result} run={props.run} />
      )}
      {past && before && open && (
        <Points
          id={id}
          checks={past.history.checks}
          points={before.points}
          words={words}
          openRun={past.openRun}
        />
      )}
    </li>
  );
}

/** The rows of the report, and where the others are kept. */
function FailingRows({
  result,
  run
}: {
  result: PromiseResult;
  run: string;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { sample } = result;
  const columns = [...new Set(sample.flatMap(row => Object.keys(row)))];
  const all = Math.max(result.failing_rows ?? 0, sample.length);
  return (
    <details>
      <summary>
        {all > sample.length
          ? trans.__('Show %1 of %2 failing rows', sample.length, count(all))
          : trans._n(
              'Show %1 failing row',
              'Show %1 failing rows',
              sample.length
            )}
      </summary>
      <RowsTable
        columns={columns}
        rows={sample.map(row => columns.map(column => row[column]))}
        label={trans.__('Rows that break: %1', result.promise.words)}
      />
      {all > sample.length && (
        <p className="jp-mesh-dim">
          {trans.__('More of them are kept with the run:')}{' '}
          <code>{`mesh.quarantine("${run}")`}</code>
        </p>
      )}
    </details>
  );
}
