import * as React from 'react';

import { useEnvironment } from '../components/environment';
import { bytes, count, duration, exact } from '../components/format';
import { Table } from '../components/table';
import { OUTCOMES, STEPS, sumOf } from './seriesdata';
import type { IRunFigures } from './seriesdata';
import { StateMark } from './steps';
import { outcomeWord, stepWord } from './words';

/** The same figures as a table, the newest run first; each leads to its run. */
export function SeriesTable(props: {
  id: string;
  figures: IRunFigures[];
  open: (id: string) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const outcomes = OUTCOMES.filter(outcome =>
    props.figures.some(one => one.checks[outcome])
  );
  const length = (value: number | null | undefined): string =>
    value === null || value === undefined ? '' : duration(value, trans);
  return (
    <Table
      label={trans.__('Figures of the runs')}
      className="jp-mesh-points"
      id={props.id}
    >
      <thead>
        <tr>
          <th scope="col">{trans.__('Ended')}</th>
          <th scope="col">{trans.__('State')}</th>
          {[
            trans.__('Rows'),
            trans.__('Size'),
            trans.__('Time'),
            ...STEPS.map(step => stepWord(step, trans)),
            ...outcomes.map(outcome => outcomeWord(outcome, trans))
          ].map(title => (
            <th key={title} scope="col" data-number="true">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...props.figures].reverse().map(one => (
          <tr key={one.run.id}>
            <td>
              <button
                type="button"
                className="jp-mesh-link"
                onClick={() => props.open(one.run.id)}
              >
                {exact(one.at)}
              </button>
            </td>
            <td>
              <StateMark run={one.run} />
            </td>
            <td data-number="true">
              {one.rows === null ? '' : count(one.rows)}
            </td>
            <td data-number="true">
              {one.bytes === null ? '' : bytes(one.bytes)}
            </td>
            <td data-number="true">{length(sumOf(one.steps, STEPS))}</td>
            {STEPS.map(step => (
              <td key={step} data-number="true">
                {length(one.steps[step])}
              </td>
            ))}
            {outcomes.map(outcome => (
              <td key={outcome} data-number="true">
                {one.checks[outcome] ?? ''}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
