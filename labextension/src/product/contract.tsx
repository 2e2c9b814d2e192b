import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type {
  CheckReport,
  ContractView,
  ProductDetail,
  Run
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { Loaded } from '../components/loaded';
import { Empty, Note } from '../components/message';
import { useResource } from '../components/resource';
import { RelativeTime } from '../components/time';
import type { ProductModel } from './model';
import { OutcomeSummary, Promises } from './promises';

/** What the port promises, and what the last check found: in words or as the document. */
export function Contract({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const [view, setView] = React.useState<'promises' | 'text'>('promises');
  if (!detail.port_details.length) {
    return (
      <Empty
        text={trans.__(
          'The contract is proposed from the data of the first run.'
        )}
      />
    );
  }
  return (
    <Loaded resource={model.contract()} lines={8}>
      {contract => (
        <>
          <div className="jp-mesh-data-line">
            <span className="jp-mesh-dim">
              {contract.version
                ? trans.__('Contract of version %1', contract.version)
                : ''}
            </span>
            <span className="jp-mesh-spacer" />
            <div
              role="group"
              aria-label={trans.__('Show the contract as')}
              className="jp-mesh-switch"
            >
              <Button
                small
                aria-pressed={view === 'promises'}
                onClick={() => setView('promises')}
              >
                {trans.__('Promises')}
              </Button>
              <Button
                small
                aria-pressed={view === 'text'}
                onClick={() => setView('text')}
              >
                {trans.__('YAML')}
              </Button>
            </div>
          </div>
          {view === 'text' ? (
            <pre
              className="jp-mesh-code-block"
              tabIndex={0}
              aria-label={trans.__('Contract document')}
            >
              {contract.text}
            </pre>
          ) : (
            <Checked contract={contract} detail={detail} model={model} />
          )}
        </>
      )}
    </Loaded>
  );
}

/** The last run that was checked decides what is shown; without any, the bare promises. */
function Checked(props: {
  contract: ContractView;
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { contract, model } = props;
  const runs = useResource(model.runs);
  const checked = runs.value?.items.find(run => run.report_id);
  if (!checked) {
    return (
      <>
        <p className="jp-mesh-dim">{trans.__('Not checked yet.')}</p>
        <ul className="jp-mesh-plain">
          {contract.promises.map(promise => (
            <li key={promise.id}>{promise.words}</li>
          ))}
        </ul>
      </>
    );
  }
  return (
    <Loaded resource={model.report(checked.id)} lines={8}>
      {report => (
        <Report
          report={report}
          run={checked}
          port={contract.port}
          release={props.detail.release}
          model={model}
        />
      )}
    </Loaded>
  );
}

function Report(props: {
  report: CheckReport;
  run: Run;
  port: string;
  release: number | null;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { report } = props;
  const results =
    (report.ports.find(port => port.port === props.port) ?? report.ports[0])
      ?.results ?? [];
  const open = (
    <Button
      small
      className="jp-mod-styled"
      onClick={() => props.model.select('runs', props.run.id)}
    >
      {trans.__('Open the run')}
    </Button>
  );
  return (
    <>
      {report.verdict === 'breached' && (
        <Note level="warning" actions={open}>
          {props.release
            ? trans.__(
                'The last run broke the contract and was not published. Release %1 stays.',
                props.release
              )
            : trans.__(
                'The last run broke the contract and was not published.'
              )}
        </Note>
      )}
      <p>
        <OutcomeSummary results={results} />
        <span className="jp-mesh-dim">
          {' · '}
          {trans.__('checked')} <RelativeTime instant={report.made} />
        </span>
      </p>
      <Promises results={results} />
    </>
  );
}
