import * as React from 'react';

import type { Consumer } from '../api/types';
import { useEnvironment } from './environment';
import { count } from './format';
import { Table } from './table';
import { RelativeTime } from './time';

/** Who uses what a change takes away, with what, and whether they are ready. */
export function Consumers({
  consumers
}: {
  consumers: Consumer[];
}): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <Table label={trans.__('Consumers')} className="jp-mesh-consumers">
      <thead>
        <tr>
          <th scope="col">{trans.__('Who')}</th>
          <th scope="col">{trans.__('Reads')}</th>
          <th scope="col">{trans.__('Last')}</th>
          <th scope="col">{trans.__('Acknowledged')}</th>
        </tr>
      </thead>
      <tbody>
        {consumers.map(one => (
          <tr key={`${one.kind} ${one.name}`}>
            <td>
              {one.name}
              <div className="jp-mesh-dim">
                {one.kind === 'product'
                  ? trans.__('product')
                  : trans.__('person')}
              </div>
            </td>
            <td title={one.breaks.join('; ')}>
              {one.columns === null
                ? trans.__('any column')
                : one.columns.join(', ')}
            </td>
            <td>
              {one.last_read ? (
                <>
                  <RelativeTime instant={one.last_read} />
                  <div className="jp-mesh-dim">
                    {trans._n('%1 read', '%1 reads', one.reads)}
                  </div>
                </>
              ) : (
                <span className="jp-mesh-dim">{trans.__('not lately')}</span>
              )}
            </td>
            <td>
              {one.acknowledged ? (
                <>
                  {trans.__('by %1', one.acknowledged.by)}{' '}
                  <RelativeTime instant={one.acknowledged.at} />
                  {one.acknowledged.note && (
                    <div className="jp-mesh-dim">{one.acknowledged.note}</div>
                  )}
                </>
              ) : (
                trans.__('not yet')
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** "2 of 3 acknowledged". */
export function acknowledged(
  consumers: Consumer[],
  trans: ReturnType<typeof useEnvironment>['trans']
): string {
  const ready = consumers.filter(one => one.acknowledged).length;
  return trans.__(
    '%1 of %2 acknowledged',
    count(ready),
    count(consumers.length)
  );
}
