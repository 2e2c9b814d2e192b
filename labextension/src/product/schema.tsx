import * as React from 'react';

import type { Column, ProductDetail } from '../api/types';
import { useEnvironment } from '../components/environment';
import { Empty } from '../components/message';
import type { ProductModel } from './model';

/** The columns of a port: name, type, meaning, what is demanded of them. */
export function Schema({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const [text, setText] = React.useState('');
  const port =
    detail.port_details.find(one => one.name === model.port) ??
    detail.port_details[0];
  const columns = port?.columns ?? [];
  if (!columns.length) {
    return <Empty text={trans.__('Columns are known after the first run.')} />;
  }
  const wanted = text.trim().toLowerCase();
  const found = columns.filter(column =>
    `${column.name} ${column.type} ${column.description} ${column.classification}`
      .toLowerCase()
      .includes(wanted)
  );
  return (
    <>
      {columns.length > 8 && (
        <input
          type="search"
          className="jp-mod-styled jp-mesh-table-search"
          aria-label={trans.__('Search columns')}
          placeholder={trans.__('Search columns')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      )}
      <table className="jp-mesh-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Column')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Meaning')}</th>
            <th scope="col">{trans.__('Demands')}</th>
            <th scope="col">{trans.__('Classification')}</th>
          </tr>
        </thead>
        <tbody>
          {found.map(column => (
            <tr key={column.name}>
              <th scope="row" className="jp-mesh-mono">
                {column.name}
              </th>
              <td title={column.physical_type}>{column.type}</td>
              <td>{column.description}</td>
              <td>
                <Demands column={column} />
              </td>
              <td>{column.classification}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!found.length && <Empty text={trans.__('No column matches.')} />}
    </>
  );
}

function Demands({ column }: { column: Column }): JSX.Element {
  const { trans } = useEnvironment();
  const words = [
    column.primary_key ? trans.__('key') : '',
    column.required ? trans.__('required') : '',
    column.unique ? trans.__('unique') : '',
    column.rules ? trans._n('%1 rule', '%1 rules', column.rules) : ''
  ].filter(Boolean);
  return (
    <>
      {words.map(word => (
        <span key={word} className="jp-mesh-mark">
          {word}
        </span>
      ))}
    </>
  );
}
