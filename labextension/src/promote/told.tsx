import * as React from 'react';

import type { Recipient } from '../api/types';
import { useEnvironment } from '../components/environment';

/** Who hears of it when a run fails, is late or breaks the contract. */
export function ToldList({ told }: { told: Recipient[] }): JSX.Element {
  const { trans } = useEnvironment();
  const id = React.useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{trans.__('Who is told when something is wrong')}</h3>
      {told.length ? (
        <ul className="jp-mesh-plain">
          {told.map(one => (
            <li key={`${one.identity} ${one.why}`}>
              {one.identity || trans.__('The addresses of the workbench')}
              <span className="jp-mesh-dim">
                {', '}
                {one.why}
                {one.muted && `, ${trans.__('muted for now')}`}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p>{trans.__('Nobody.')}</p>
      )}
    </section>
  );
}
