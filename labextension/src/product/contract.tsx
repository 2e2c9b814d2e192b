import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type {
  CheckReport,
  ContractHistory,
  ContractView,
  ProductDetail
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { Loaded } from '../components/loaded';
import { Empty, Note } from '../components/message';
import { RelativeTime } from '../components/time';
import { Changes } from './changes';
import type { ProductModel } from './model';
import { OutcomeSummary } from './outcome';
import { BarePromises, Promises } from './promises';

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

/** The last check decides what is shown; without any, the bare promises. */
function Checked(props: {
  contract: ContractView;
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { contract, model } = props;
  return (
    <Loaded resource={model.history()} lines={8}>
      {history => {
        const last = history.checks[history.checks.length - 1];
        return last ? (
          <Loaded resource={model.report(last.report_id)} lines={8}>
            {report => (
              <Report
                report={report}
                history={history}
                release={props.detail.release}
                model={model}
              />
            )}
          </Loaded>
        ) : (
          <>
            <p className="jp-mesh-dim">{trans.__('Not checked yet.')}</p>
            <BarePromises promises={contract.promises} />
          </>
        );
      }}
    </Loaded>
  );
}

function Report(props: {
  report: CheckReport;
  history: ContractHistory;
  release: number | null;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { report, history, model } = props;
  const results =
    report.ports.find(port => port.port === history.port)?.results ?? [];
  const openRun = (id: string): void => model.select('runs', id);
  const run = report.run_id ?? '';
  const open = (
    <Button small className="jp-mod-styled" onClick={() => openRun(run)}>
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
      <Changes history={history} />
      <Promises results={results} run={run} past={{ history, openRun }} />
    </>
  );
}
