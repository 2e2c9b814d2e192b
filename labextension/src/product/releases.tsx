import * as React from 'react';

import type { Release } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { count } from '../components/format';
import { useResource } from '../components/resource';
import { Table } from '../components/table';
import { RelativeTime } from '../components/time';
import type { ProductModel } from './model';

/** What readers got, the newest first: from which version, and whether it can still be read. */
export function Releases({
  model
}: {
  model: ProductModel;
}): JSX.Element | null {
  const { trans, commands } = useEnvironment();
  const page = useResource(model.releases).value;
  const current = useResource(model.detail).value?.release;
  if (!page?.items.length) {
    return null;
  }
  return (
    <section>
      <h2>{trans.__('Releases')}</h2>
      <Table label={trans.__('Releases')} className="jp-mesh-releases">
        <thead>
          <tr>
            <th scope="col">{trans.__('Release')}</th>
            <th scope="col">{trans.__('Published')}</th>
            <th scope="col">{trans.__('What became of it')}</th>
          </tr>
        </thead>
        <tbody>
          {page.items.map(release => (
            <tr key={release.id} data-release={release.number}>
              <td>
                <strong>{release.number}</strong>
                <div className="jp-mesh-dim">{release.version}</div>
              </td>
              <td>
                <RelativeTime instant={release.published} />
                <div className="jp-mesh-dim">
                  {trans.__('by %1', release.published_by)}
                </div>
              </td>
              <td>
                <Became
                  release={release}
                  product={model.name}
                  current={release.number === current}
                />
                <div className="jp-mesh-version-actions">
                  <button
                    type="button"
                    className="jp-mesh-link"
                    aria-label={trans.__(
                      'Open the run that made release %1',
                      release.number
                    )}
                    onClick={() =>
                      void commands.execute(CommandIDs.openRun, {
                        product: model.name,
                        run: release.run_id
                      })
                    }
                  >
                    {trans.__('Open run')}
                  </button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {page.next && (
        <p className="jp-mesh-dim">
          {trans.__('The newest %1 are shown.', page.items.length)}
        </p>
      )}
    </section>
  );
}

/** Whether it is read, by whom, and if not, why. */
function Became(props: {
  release: Release;
  product: string;
  current: boolean;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { release, product } = props;
  const rows = release.ports.reduce((sum, port) => sum + port.rows, 0);
  return (
    <>
      {release.restores !== null && (
        <div>
          {trans.__('It brings back release %1:', release.restores)}{' '}
          {release.reason}
        </div>
      )}
      {release.removed !== null ? (
        <Removed release={release} />
      ) : (
        <div>
          {trans._n('%2 row', '%2 rows', rows, count(rows))}
          {' · '}
          {props.current ? (
            trans.__('it is read now')
          ) : (
            <span className="jp-mesh-dim">
              {release.beside
                ? trans.__('of %1@%2', product, String(release.major))
                : trans.__(
                    'read it with %1',
                    `AT (VERSION => ${release.number})`
                  )}
            </span>
          )}
        </div>
      )}
      {release.verdict === 'kept_partly' && (
        <div className="jp-mesh-dim">
          {trans.__(
            '%1 of %2 promises were checked.',
            release.checked,
            release.promises
          )}
        </div>
      )}
    </>
  );
}

/** Since when and why its rows cannot be read any more. */
export function Removed({ release }: { release: Release }): JSX.Element | null {
  const { trans } = useEnvironment();
  return release.removed === null ? null : (
    <div>
      <span className="jp-mesh-mark" data-removed="true">
        {trans.__('removed')}
      </span>{' '}
      <RelativeTime instant={release.removed} />
      {trans.__(': %1. It can no longer be read.', release.removed_because)}
    </div>
  );
}
