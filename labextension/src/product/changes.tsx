import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  ContractHistory,
  PromiseChange,
  PromisePoint
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { figure } from '../components/format';
import { Table } from '../components/table';
import { RelativeTime } from '../components/time';
import { OutcomeMark } from './outcome';

/** What the last check found otherwise than the one before: in numbers, and opened one by one. */
export function Changes({
  history
}: {
  history: ContractHistory;
}): JSX.Element | null {
  const { trans } = useEnvironment();
  const before = history.checks[history.checks.length - 2];
  if (!before) {
    return null;
  }
  const since = (
    <span className="jp-mesh-dim">
      {' · '}
      {trans.__('compared with the check')}{' '}
      <RelativeTime instant={before.made} />
    </span>
  );
  if (!history.changes.length) {
    return (
      <p>
        {trans.__('Nothing changed')}
        {since}
      </p>
    );
  }
  return (
    <details className="jp-mesh-changes">
      <summary>
        {counted(history.changes, trans)}
        {since}
      </summary>
      <Table label={trans.__('What changed')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Change')}</th>
            <th scope="col">{trans.__('Promise')}</th>
            <th scope="col">{trans.__('Before')}</th>
            <th scope="col">{trans.__('Now')}</th>
          </tr>
        </thead>
        <tbody>
          {history.changes.map(change => (
            <tr key={change.promise.id}>
              <td>{kindWord(change.kind, 1, trans)}</td>
              <td>{change.promise.words}</td>
              <td>
                <Seen point={change.before} />
              </td>
              <td>
                <Seen point={change.after} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}

function Seen({ point }: { point: PromisePoint | null }): JSX.Element {
  const { trans } = useEnvironment();
  if (!point) {
    return <span className="jp-mesh-dim">{trans.__('Not promised')}</span>;
  }
  return (
    <>
      <OutcomeMark outcome={point.outcome} />
      {point.observed !== null && (
        <span className="jp-mesh-dim"> · {figure(point.observed)}</span>
      )}
    </>
  );
}

/** "1 newly broken, 2 recovered, 3 values moved". */
function counted(changes: PromiseChange[], trans: TranslationBundle): string {
  const kinds = [...new Set(changes.map(change => change.kind))];
  return kinds
    .map(kind => {
      const number = changes.filter(change => change.kind === kind).length;
      return trans.__('%1 %2', number, kindWord(kind, number, trans));
    })
    .join(', ');
}

function kindWord(
  kind: PromiseChange['kind'],
  number: number,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'broken':
      return trans.__('newly broken');
    case 'recovered':
      return trans.__('recovered');
    case 'outcome':
      return trans._n('other outcome', 'other outcomes', number);
    case 'added':
      return trans.__('promised anew');
    case 'removed':
      return trans.__('no longer promised');
    case 'moved':
      return trans._n('value moved', 'values moved', number);
  }
}
