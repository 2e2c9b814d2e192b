import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ProductDetail } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { count } from '../components/format';
import { Loaded } from '../components/loaded';
import { Empty, Note } from '../components/message';
import { RowsTable } from '../components/rows';
import type { ProductModel } from './model';

/** The first rows of a port as consumers would read it now. */
export function Data({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  if (!detail.release) {
    return (
      <Empty
        text={trans.__(
          'There is no release yet, so there is nothing to read. Run it first.'
        )}
      />
    );
  }
  return (
    <Loaded resource={model.sample()} lines={10}>
      {page => {
        const shown = count(page.rows.length);
        return (
          <>
            {page.provenance.warnings.map(warning => (
              <Note key={warning} level="warning">
                {warning}
              </Note>
            ))}
            <div className="jp-mesh-data-line">
              <span>
                {page.total !== null && page.total > page.rows.length
                  ? trans.__('First %1 of %2 rows', shown, count(page.total))
                  : page.truncated
                    ? trans.__('First %1 rows', shown)
                    : trans._n('%2 row', '%2 rows', page.rows.length, shown)}
              </span>
              <span className="jp-mesh-dim">
                {page.provenance.sources
                  .map(source =>
                    trans.__(
                      'release %1, version %2',
                      source.release,
                      source.version
                    )
                  )
                  .join('; ')}
              </span>
              <span className="jp-mesh-spacer" />
              <Button
                small
                className="jp-mod-styled"
                onClick={() =>
                  void commands.execute(CommandIDs.insertQuery, {
                    product: model.readable
                  })
                }
              >
                {trans.__('Open as query')}
              </Button>
            </div>
            <RowsTable
              columns={page.columns}
              types={page.types}
              rows={page.rows}
              label={trans.__('Rows of %1', model.readable)}
            />
          </>
        );
      }}
    </Loaded>
  );
}
