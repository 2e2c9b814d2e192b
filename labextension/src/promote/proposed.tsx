import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Proposal } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { ruleWords } from '../reviews/words';

/** What came of it where others approve: it waits. */
export function Proposed(props: {
  proposal: Proposal;
  close: () => void;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const { proposal } = props;
  const open = (): void => {
    props.close();
    void commands.execute(CommandIDs.openReview, { proposal: proposal.id });
  };
  return (
    <div className="jp-mesh-promote-main">
      <p className="jp-mesh-promote-done" role="status">
        {trans.__(
          '%1 %2 is proposed.',
          proposal.product,
          proposal.next_version
        )}
      </p>
      <div className="jp-mesh-promote-step">
        <p>
          {trans.__(
            'It waits for %1. Nothing of it is active until then, and you are told what becomes of it.',
            ruleWords(proposal.rule, trans)
          )}
        </p>
      </div>
      <div className="jp-mesh-form-buttons">
        <span className="jp-mesh-spacer" />
        <Button className="jp-mod-styled jp-mod-reject" onClick={props.close}>
          {trans.__('Close')}
        </Button>
        <Button
          className="jp-mod-styled jp-mod-accept"
          data-autofocus
          onClick={open}
        >
          {trans.__('Open the proposal')}
        </Button>
      </div>
    </div>
  );
}
