import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Promotion } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { useSignal } from '../components/resource';
import { ProductModel } from '../product/model';
import { RunView } from '../product/run';
import type { IMeshConnection } from '../tokens';

/** What came of it: the version, and its first run as it happens. */
export function Done(props: {
  promotion: Promotion;
  connection: IMeshConnection;
  close: () => void;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const { product, version, run, created } = props.promotion;
  const name = `${product.domain}.${product.name}`;
  const [model] = React.useState(() => {
    const made = new ProductModel(name, props.connection);
    if (run) {
      made.run(run.id).set(run);
    }
    return made;
  });
  React.useEffect(() => () => model.dispose(), [model]);
  useSignal(model.changed);
  const shown = model.openRun ?? run?.id;
  const open = (): void => {
    props.close();
    void commands.execute(CommandIDs.openProduct, { product: name });
  };
  return (
    <div className="jp-mesh-promote-main">
      <p className="jp-mesh-promote-done" role="status">
        {created
          ? trans.__('%1 %2 is recorded.', name, version.version)
          : trans.__(
              '%1 was up to date with %2 already.',
              name,
              version.version
            )}
      </p>
      <div className="jp-mesh-promote-step">
        {shown && (
          <RunView
            key={shown}
            resource={model.run(shown)}
            model={model}
            visible
          />
        )}
      </div>
      <div className="jp-mesh-form-buttons">
        <span className="jp-mesh-dim">
          {shown && trans.__('Closing does not stop the run.')}
        </span>
        <span className="jp-mesh-spacer" />
        <Button className="jp-mod-styled jp-mod-reject" onClick={props.close}>
          {trans.__('Close')}
        </Button>
        <Button
          className="jp-mod-styled jp-mod-accept"
          data-autofocus
          onClick={open}
        >
          {trans.__('Open the product')}
        </Button>
      </div>
    </div>
  );
}
