import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ProductDetail } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { bytes, count } from '../components/format';
import { Loaded } from '../components/loaded';
import { Note } from '../components/message';
import { RelativeTime } from '../components/time';
import { queryFor } from '../query/text';
import type { ProductModel } from './model';
import { Scheduled } from './scheduled';

/** What the product is, how it is now, who reads it, and how to begin. */
export function Overview({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <div className="jp-mesh-columns">
      <div className="jp-mesh-column-main">
        {detail.notes.map(note => (
          <Note key={note} level="info">
            {note}
          </Note>
        ))}
        <p className="jp-mesh-description">
          {detail.description || (
            <span className="jp-mesh-dim">
              {trans.__('No description yet.')}
            </span>
          )}
        </p>
        <Health detail={detail} />
        <Scheduled detail={detail} model={model} />
        <Examples detail={detail} />
        <Versions model={model} />
      </div>
      <Facts detail={detail} />
    </div>
  );
}

function Health({ detail }: { detail: ProductDetail }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <section>
      <h2>{trans.__('Promises')}</h2>
      <p>{detail.health.reason}</p>
    </section>
  );
}

function Examples({ detail }: { detail: ProductDetail }): JSX.Element | null {
  const { trans, commands } = useEnvironment();
  if (!detail.release) {
    return null;
  }
  return (
    <section>
      <h2>{trans.__('Read it')}</h2>
      <pre className="jp-mesh-code-block" tabIndex={0}>
        {queryFor(detail.full_name)}
      </pre>
      <Button
        small
        className="jp-mod-styled"
        onClick={() =>
          void commands.execute(CommandIDs.insertQuery, {
            product: detail.full_name
          })
        }
      >
        {trans.__('Insert query')}
      </Button>
    </section>
  );
}

function Facts({ detail }: { detail: ProductDetail }): JSX.Element {
  const { trans } = useEnvironment();
  const size = detail.port_details.reduce(
    (sum, port) => sum + (port.bytes ?? 0),
    0
  );
  const facts: [string, React.ReactNode][] = [
    [trans.__('Domain'), detail.domain],
    [trans.__('Owner'), detail.owner],
    [
      trans.__('Access'),
      detail.access === 'open'
        ? trans.__('open to everyone')
        : trans.__('on request')
    ],
    [
      trans.__('Release'),
      detail.release ? (
        <>
          {detail.release}
          {detail.released && (
            <>
              {', '}
              <RelativeTime instant={detail.released} />
            </>
          )}
        </>
      ) : (
        trans.__('none yet')
      )
    ],
    [trans.__('Rows'), detail.rows === null ? '' : count(detail.rows)],
    [trans.__('Size'), size ? bytes(size) : ''],
    [trans.__('Ports'), detail.ports.join(', ')],
    [
      trans.__('Reads'),
      detail.inputs.length ? <Links names={detail.inputs} /> : ''
    ],
    [
      trans.__('Read by'),
      detail.consumers.length ? <Links names={detail.consumers} /> : ''
    ],
    [
      trans.__('Readers'),
      detail.readers
        ? trans._n(
            '%1 person in 30 days',
            '%1 people in 30 days',
            detail.readers
          )
        : ''
    ],
    [
      trans.__('Tags'),
      detail.tags.length
        ? detail.tags.map(tag => (
            <span key={tag} className="jp-mesh-mark">
              {tag}
            </span>
          ))
        : ''
    ]
  ];
  return (
    <dl className="jp-mesh-facts" aria-label={trans.__('Facts')}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([label, value]) => (
          <React.Fragment key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
    </dl>
  );
}

function Links({ names }: { names: string[] }): JSX.Element {
  const { commands } = useEnvironment();
  return (
    <>
      {names.map(name => (
        <button
          key={name}
          type="button"
          className="jp-mesh-link"
          onClick={() =>
            void commands.execute(CommandIDs.openProduct, {
              product: name.split('.').slice(0, 2).join('.')
            })
          }
        >
          {name}
        </button>
      ))}
    </>
  );
}

function Versions({ model }: { model: ProductModel }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <section>
      <h2>{trans.__('Versions')}</h2>
      <Loaded resource={model.versions} lines={2}>
        {page =>
          page.items.length ? (
            <table className="jp-mesh-table">
              <thead>
                <tr>
                  <th scope="col">{trans.__('Version')}</th>
                  <th scope="col">{trans.__('Promoted')}</th>
                  <th scope="col">{trans.__('By')}</th>
                  <th scope="col">{trans.__('What changed')}</th>
                </tr>
              </thead>
              <tbody>
                {page.items.map(version => (
                  <tr key={version.id}>
                    <td>{version.version}</td>
                    <td>
                      <RelativeTime instant={version.promoted} />
                    </td>
                    <td>{version.promoted_by}</td>
                    <td>{version.note}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p className="jp-mesh-dim">{trans.__('No version yet.')}</p>
          )
        }
      </Loaded>
    </section>
  );
}
