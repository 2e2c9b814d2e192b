import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type {
  Column,
  ContractProposal,
  ContractView,
  OutputSpec,
  PromotionPlan
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { count } from '../components/format';
import { Empty } from '../components/message';
import type { PromoteModel } from './model';

/** What the notebook makes, and what will be promised about it. */
export function Output({
  model,
  plan
}: {
  model: PromoteModel;
  plan: PromotionPlan;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { outputs } = plan.analysis;
  return (
    <>
      {!outputs.length && (
        <Empty
          text={trans.__(
            'The notebook makes no output. Add a cell with mesh.output("name", frame).'
          )}
        />
      )}
      {[...new Map(outputs.map(output => [output.name, output])).values()].map(
        output => (
          <Port key={output.name} output={output} model={model} plan={plan} />
        )
      )}
    </>
  );
}

function Port(props: {
  output: OutputSpec;
  model: PromoteModel;
  plan: PromotionPlan;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { output, model, plan } = props;
  const given = model.draft.contracts[output.name];
  const [editing, setEditing] = React.useState(given !== undefined);
  const proposal = plan.proposals[output.name];
  const contract: ContractView | ContractProposal | undefined =
    plan.contracts[output.name] ?? proposal;
  const setText = (text: string | undefined): void => {
    const { [output.name]: _, ...others } = model.draft.contracts;
    model.edit({
      contracts:
        text === undefined ? others : { ...others, [output.name]: text }
    });
  };
  const source = (): string => {
    if (given !== undefined) {
      return trans.__('Your contract.');
    }
    if (proposal) {
      return trans.__(
        'Contract proposed from this data; edit what you know better.'
      );
    }
    return contract
      ? trans.__('The contract of the current version.')
      : trans.__(
          'The contract is proposed from the data of the first run, and kept from then on.'
        );
  };
  const facts = [
    proposal?.rows
      ? trans._n('%2 row', '%2 rows', proposal.rows, count(proposal.rows))
      : '',
    contract
      ? trans._n('%1 column', '%1 columns', contract.columns.length)
      : '',
    output.mode ? trans.__('mode %1', output.mode) : '',
    output.keys.length ? trans.__('keys %1', output.keys.join(', ')) : ''
  ].filter(Boolean);
  return (
    <section className="jp-mesh-port">
      <h3>
        <span className="jp-mesh-mono">{output.name}</span>
        {facts.length > 0 && (
          <span className="jp-mesh-dim"> · {facts.join(' · ')}</span>
        )}
      </h3>
      <p className="jp-mesh-dim">{source()}</p>
      {editing ? (
        <textarea
          className="jp-mod-styled jp-mesh-yaml"
          aria-label={trans.__('Contract of %1 as YAML', output.name)}
          rows={14}
          spellCheck={false}
          placeholder={trans.__('An ODCS document, version 3')}
          value={given ?? contract?.text ?? ''}
          onChange={event => setText(event.target.value)}
        />
      ) : (
        contract && (
          <Columns
            columns={contract.columns}
            promises={contract.promises}
            evidence={proposal?.evidence ?? {}}
          />
        )
      )}
      {proposal && !editing && (
        <Suggestions suggestions={proposal.suggestions} />
      )}
      <div className="jp-mesh-actions">
        {editing ? (
          <Button
            small
            className="jp-mod-styled jp-mod-reject"
            onClick={() => {
              setEditing(false);
              setText(undefined);
            }}
          >
            {proposal
              ? trans.__('Back to the proposal')
              : trans.__('Leave my contract out')}
          </Button>
        ) : (
          <Button
            small
            className="jp-mod-styled"
            onClick={() => setEditing(true)}
          >
            {contract ? trans.__('Edit as YAML') : trans.__('Write a contract')}
          </Button>
        )}
      </div>
    </section>
  );
}

function Columns(props: {
  columns: Column[];
  promises: ContractView['promises'];
  evidence: Record<string, string>;
}): JSX.Element {
  const { trans } = useEnvironment();
  const of = (column: string): ContractView['promises'] =>
    props.promises.filter(
      promise =>
        promise.target.endsWith(`.${column}`) && promise.kind !== 'type'
    );
  const proposed = Object.keys(props.evidence).length > 0;
  const rest = props.promises.filter(promise => !promise.target.includes('.'));
  return (
    <>
      {rest.length > 0 && (
        <ul className="jp-mesh-plain">
          {rest.map(promise => (
            <li key={promise.id}>
              {promise.words}{' '}
              <span className="jp-mesh-dim">{props.evidence[promise.id]}</span>
            </li>
          ))}
        </ul>
      )}
      <table className="jp-mesh-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Column')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Promises')}</th>
            {proposed && <th scope="col">{trans.__('Evidence')}</th>}
          </tr>
        </thead>
        <tbody>
          {props.columns.map(column => (
            <tr key={column.name}>
              <th scope="row" className="jp-mesh-mono">
                {column.name}
                {column.classification && (
                  <span className="jp-mesh-mark">{column.classification}</span>
                )}
              </th>
              <td>{column.type}</td>
              <td>
                {of(column.name).map(promise => (
                  <div key={promise.id}>{promise.words}</div>
                ))}
              </td>
              {proposed && (
                <td className="jp-mesh-dim">
                  {of(column.name).map(promise => (
                    <div key={promise.id}>
                      {props.evidence[promise.id] ?? ''}
                    </div>
                  ))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** What a person should decide: it is told with its reason, and not written into the contract. */
function Suggestions({
  suggestions
}: {
  suggestions: Record<string, string>;
}): JSX.Element | null {
  const told = Object.entries(suggestions);
  return told.length ? (
    <ul className="jp-mesh-suggestions">
      {told.map(([about, reason]) => (
        <li key={about}>
          <span className="jp-mesh-mono">{about}</span> {reason}
        </li>
      ))}
    </ul>
  ) : null;
}
