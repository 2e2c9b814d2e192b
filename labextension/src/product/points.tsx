import * as React from 'react';

import type { PastCheck, PromisePoint } from '../api/types';
import { useEnvironment } from '../components/environment';
import { count, figure, share } from '../components/format';
import { Table } from '../components/table';
import { RelativeTime } from '../components/time';
import { OutcomeMark } from './outcome';
import { SlotName } from './slot';

/** The history of one promise as a table, the newest check first; each leads to its run. */
export function Points(props: {
  id: string;
  checks: PastCheck[];
  points: (PromisePoint | null)[];
  words: string;
  openRun: (id: string) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const slots = props.checks.some(check => check.slot);
  const lines = props.checks
    .map((check, at) => ({ check, point: props.points[at] }))
    .reverse();
  return (
    <Table
      label={trans.__('History of: %1', props.words)}
      className="jp-mesh-points"
      id={props.id}
    >
      <thead>
        <tr>
          <th scope="col">{trans.__('Checked')}</th>
          {slots && <th scope="col">{trans.__('Slot')}</th>}
          <th scope="col">{trans.__('Release')}</th>
          <th scope="col">{trans.__('Outcome')}</th>
          <th scope="col" data-number="true">
            {trans.__('Observed')}
          </th>
          <th scope="col">{trans.__('Expected')}</th>
          <th scope="col" data-number="true">
            {trans.__('Failing rows')}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ check, point }) => (
          <tr key={check.report_id}>
            <td>
              <button
                type="button"
                className="jp-mesh-link"
                onClick={() => props.openRun(check.run_id)}
              >
                <RelativeTime instant={check.made} />
              </button>
            </td>
            {slots && <td>{check.slot && <SlotName slot={check.slot} />}</td>}
            <td>
              {check.release ?? (
                <span className="jp-mesh-dim">{trans.__('not published')}</span>
              )}
            </td>
            <td>
              {point ? (
                <OutcomeMark outcome={point.outcome} />
              ) : (
                <span className="jp-mesh-dim">{trans.__('Not promised')}</span>
              )}
            </td>
            <td data-number="true">{point && figure(point.observed)}</td>
            <td>{point?.expected}</td>
            <td data-number="true">
              {point?.failing_rows
                ? point.share === null
                  ? count(point.failing_rows)
                  : trans.__(
                      '%1 (%2)',
                      count(point.failing_rows),
                      share(point.share)
                    )
                : ''}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
