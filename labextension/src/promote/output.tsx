import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type {
  ContractProposal,
  ContractView,
  OutputSpec,
  PromotionPlan
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { count } from '../components/format';
import { Empty } from '../components/message';
import type { PromoteModel } from './model';
import { Promised } from './promised';

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
        contract && <Promised contract={contract} proposal={proposal} />
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
