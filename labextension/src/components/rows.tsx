import * as React from 'react';

import { useEnvironment } from './environment';
import { shortValue } from './format';
import { Table } from './table';

const LONGEST = 300;
/** As SQL writes it, in every language. */
const NULL = 'null';

/** A small table of values: types under the names, numbers to the right, nulls marked. */
export function RowsTable(props: {
  columns: string[];
  types?: string[];
  rows: unknown[][];
  label: string;
}): JSX.Element {
  const numeric = props.columns.map(
    (_, at) =>
      props.rows.every(
        row => row[at] === null || typeof row[at] === 'number'
      ) && props.rows.some(row => typeof row[at] === 'number')
  );
  return (
    <Table label={props.label} className="jp-mesh-data">
      <thead>
        <tr>
          {props.columns.map((column, at) => (
            <th key={at} scope="col" data-number={numeric[at]}>
              {column}
              {props.types && (
                <span className="jp-mesh-type">
                  {props.types[at]?.toLowerCase()}
                </span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row, index) => (
          <tr key={index}>
            {props.columns.map((_, at) => (
              <Cell key={at} value={row[at]} number={numeric[at]} />
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Cell({
  value,
  number
}: {
  value: unknown;
  number: boolean;
}): JSX.Element {
  const { trans } = useEnvironment();
  if (value === null || value === undefined) {
    return (
      <td data-number={number}>
        <span className="jp-mesh-null" title={trans.__('No value')}>
          {NULL}
        </span>
      </td>
    );
  }
  const text = shortValue(value);
  return (
    <td
      data-number={number}
      title={text.length > 40 ? text.slice(0, 2000) : undefined}
    >
      {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
    </td>
  );
}
