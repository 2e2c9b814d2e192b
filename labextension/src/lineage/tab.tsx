import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ProductDetail } from '../api/types';
import { useEnvironment } from '../components/environment';
import { Loaded } from '../components/loaded';
import { Empty, Note } from '../components/message';
import { useResource } from '../components/resource';
import type { ProductModel } from '../product/model';
import { ImpactOf } from './impact';
import { LineageList } from './list';
import { Picture } from './picture';

const DEPTHS = [1, 2, 3, 10];

/** From what a product is made and what is made from it, drawn and as a list; of one column with whom it would hit. */
export function LineageTab({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const id = React.useId();
  const [list, setList] = React.useState(false);
  const [allColumns, setAllColumns] = React.useState(false);
  const { column, release, depth } = model.ways;
  const withColumns = allColumns || column !== null;
  return (
    <>
      <div className="jp-mesh-tools">
        <ColumnPicker detail={detail} model={model} />
        <ReleasePicker model={model} />
        <label>
          {trans.__('Steps')}
          <select
            value={depth}
            onChange={event =>
              model.showWays({ depth: Number(event.target.value) })
            }
          >
            {DEPTHS.map(steps => (
              <option key={steps} value={steps}>
                {steps === 10 ? trans.__('up to 10') : steps}
              </option>
            ))}
          </select>
        </label>
        {column === null && (
          <label>
            <input
              type="checkbox"
              checked={allColumns}
              onChange={event => setAllColumns(event.target.checked)}
            />
            {trans.__('Show columns')}
          </label>
        )}
        <span className="jp-mesh-spacer" />
        <Button
          small
          className="jp-mod-styled"
          aria-expanded={list}
          aria-controls={id}
          onClick={() => setList(!list)}
        >
          {trans.__('As a list')}
        </Button>
      </div>
      <Loaded resource={model.lineage()} lines={6}>
        {lineage =>
          lineage.edges.length ? (
            <>
              {lineage.truncated && (
                <Note level="info">
                  {trans.__(
                    'There are more products than are shown. Choose fewer steps to see the nearest.'
                  )}
                </Note>
              )}
              <Picture lineage={lineage} withColumns={withColumns} />
              <p className="jp-mesh-dim">
                {withColumns
                  ? trans.__(
                      'A whole line is certain, a dashed one likely, a dotted one possible; a thin one decides which rows there are.'
                    )
                  : trans.__(
                      'Releases are those that were read. A dashed line is declared, but nothing was read yet.'
                    )}
              </p>
              {list && (
                <div id={id}>
                  <LineageList lineage={lineage} withColumns={withColumns} />
                </div>
              )}
            </>
          ) : (
            <Empty
              text={
                column !== null
                  ? trans.__(
                      'Nothing is known to be made from %1, and it from nothing.',
                      column
                    )
                  : release !== null
                    ? trans.__('Release %1 was made from no product.', release)
                    : trans.__(
                        'It reads no other product, and no product reads it yet.'
                      )
              }
            />
          )
        }
      </Loaded>
      {column !== null && release === null && (
        <ImpactOf impact={model.impact(column)} />
      )}
    </>
  );
}

function ColumnPicker({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const several = detail.port_details.length > 1;
  const columns = detail.port_details.flatMap(port =>
    port.columns.map(column =>
      several ? `${port.name}.${column.name}` : column.name
    )
  );
  return (
    <label>
      {trans.__('Column')}
      <select
        value={model.ways.column ?? ''}
        disabled={!columns.length || !detail.release}
        onChange={event =>
          model.showWays({ column: event.target.value || null })
        }
      >
        <option value="">{trans.__('every one')}</option>
        {columns.map(column => (
          <option key={column} value={column}>
            {column}
          </option>
        ))}
      </select>
    </label>
  );
}

function ReleasePicker({ model }: { model: ProductModel }): JSX.Element {
  const { trans } = useEnvironment();
  const releases = useResource(model.releases).value?.items ?? [];
  return (
    <label>
      {trans.__('Release')}
      <select
        value={model.ways.release ?? ''}
        disabled={releases.length < 2}
        onChange={event =>
          model.showWays({ release: Number(event.target.value) || null })
        }
      >
        <option value="">
          {releases.length
            ? trans.__('newest (%1)', releases[0].number)
            : trans.__('newest')}
        </option>
        {releases.slice(1).map(release => (
          <option key={release.number} value={release.number}>
            {trans.__('%1 of version %2', release.number, release.version)}
          </option>
        ))}
      </select>
    </label>
  );
}
