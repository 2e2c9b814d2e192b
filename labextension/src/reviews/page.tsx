import { ReactWidget } from '@jupyterlab/apputils';
import { Button } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import * as React from 'react';

import { Problem } from '../api/problem';
import type { ProposalDetail, Vote } from '../api/types';
import { CommandIDs } from '../commands';
import { acknowledged, Consumers } from '../components/consumers';
import { Difference } from '../components/difference';
import { Environment, useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';
import { Loaded } from '../components/loaded';
import { Note, ProblemNote } from '../components/message';
import { Name } from '../components/name';
import { Resource } from '../components/resource';
import { RelativeTime } from '../components/time';
import { ruleWords, stateWord } from './words';

const POLL_MS = 10_000;
const SLOWEST_POLL_MS = 120_000;

/** The page on which somebody decides about a proposal. What others say meanwhile appears, while it can be seen. */
export class ReviewPage extends ReactWidget {
  constructor(
    proposal: string,
    private environment: IEnvironment,
    private decided: () => void
  ) {
    super();
    this.addClass('jp-mesh-product');
    const { api } = environment.connection;
    this.resource = new Resource(() => api.review(proposal));
    this.resource.need();
    this.poll = new Poll({
      name: `mesh-workbench:review:${proposal}`,
      auto: false,
      factory: () => this.resource.load(),
      frequency: { interval: POLL_MS, backoff: true, max: SLOWEST_POLL_MS },
      standby: () => document.hidden || !this.isVisible || this.decidedUpon
    });
  }

  readonly resource: Resource<ProposalDetail>;

  override dispose(): void {
    if (!this.isDisposed) {
      this.poll.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this.poll.schedule({
      phase: 'refreshed',
      interval: this.resource.value ? 0 : POLL_MS
    });
  }

  protected override render(): JSX.Element {
    return (
      <Environment value={this.environment}>
        <Loaded resource={this.resource} lines={8}>
          {proposal => (
            <Page
              proposal={proposal}
              decided={async () => {
                await this.resource.load();
                this.decided();
              }}
            />
          )}
        </Loaded>
      </Environment>
    );
  }

  /** Nothing comes after a decision. */
  private get decidedUpon(): boolean {
    const state = this.resource.value?.state;
    return state !== undefined && state !== 'open';
  }

  private poll: Poll;
}

function Page(props: {
  proposal: ProposalDetail;
  decided: () => Promise<void>;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const { proposal } = props;
  const { plan } = proposal;
  return (
    <div className="jp-mesh-page jp-mesh-review">
      <header className="jp-mesh-page-header">
        <div className="jp-mesh-page-title">
          <h1>
            <Name text={proposal.product} />
          </h1>
          <span className="jp-mesh-mark">
            {proposal.current_version
              ? trans.__(
                  '%1 → %2',
                  proposal.current_version,
                  proposal.next_version
                )
              : trans.__('new, %1', proposal.next_version)}
          </span>
          <span className="jp-mesh-mark" data-state={proposal.state}>
            {stateWord(proposal.state, trans)}
          </span>
          <div className="jp-mesh-page-actions">
            <Button
              className="jp-mod-styled"
              onClick={() =>
                void commands.execute(CommandIDs.openProduct, {
                  product: proposal.product
                })
              }
            >
              {trans.__('Open the product')}
            </Button>
          </div>
        </div>
        <p className="jp-mesh-dim">
          {trans.__('Proposed by %1', proposal.by)}{' '}
          <RelativeTime instant={proposal.created} />
          {'. '}
          {proposal.state === 'open' &&
            trans.__(
              'It needs %1; %2 missing.',
              ruleWords(proposal.rule, trans),
              proposal.missing
            )}
        </p>
      </header>
      {proposal.outdated && <Note level="warning">{proposal.outdated}</Note>}
      {proposal.note && <p>{proposal.note}</p>}
      <Votes votes={proposal.votes} />
      {proposal.state === 'open' &&
        (proposal.may_decide ? (
          <Decide proposal={proposal} decided={props.decided} />
        ) : (
          <Note level="info">{proposal.why_not}</Note>
        ))}
      {proposal.may_withdraw && (
        <Withdraw id={proposal.id} decided={props.decided} />
      )}
      <section>
        <h2>{trans.__('What happens then')}</h2>
        <ol className="jp-mesh-plan">
          {plan.steps.map(step => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        {plan.bump_reason && (
          <p className="jp-mesh-dim">
            {trans.__('Why %1: %2', proposal.next_version, plan.bump_reason)}
          </p>
        )}
      </section>
      {plan.breaking && plan.breaking.consumers.length > 0 && (
        <section>
          <h2>
            {trans._n(
              'It breaks %1 consumer',
              'It breaks %1 consumers',
              plan.breaking.consumers.length
            )}
          </h2>
          <p className="jp-mesh-dim">
            {acknowledged(plan.breaking.consumers, trans)}
          </p>
          <Consumers consumers={plan.breaking.consumers} />
        </section>
      )}
      {plan.difference ? (
        <section>
          <h2>
            {trans.__('What differs from %1', proposal.current_version ?? '')}
          </h2>
          <Difference difference={plan.difference} />
        </section>
      ) : (
        <section>
          <h2>{trans.__('Notebook')}</h2>
          {proposal.cells.map((source, index) => (
            <pre key={index} className="jp-mesh-code-block" tabIndex={0}>
              {source}
            </pre>
          ))}
        </section>
      )}
    </div>
  );
}

function Votes({ votes }: { votes: Vote[] }): JSX.Element | null {
  const { trans } = useEnvironment();
  if (!votes.length) {
    return null;
  }
  return (
    <ul className="jp-mesh-votes" aria-label={trans.__('Who said what')}>
      {votes.map(vote => (
        <li key={vote.by}>
          {vote.approves
            ? trans.__('%1 approved', vote.by)
            : trans.__('%1 sent it back', vote.by)}{' '}
          <RelativeTime instant={vote.at} />
          {vote.comment && <div>{vote.comment}</div>}
        </li>
      ))}
    </ul>
  );
}

/** Who proposed it takes it back. */
function Withdraw(props: {
  id: string;
  decided: () => Promise<void>;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  const [busy, setBusy] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const withdraw = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await connection.api.withdraw(props.id);
    } catch (error) {
      setProblem(Problem.from(error));
    }
    await props.decided();
    setBusy(false);
  };
  return (
    <div className="jp-mesh-form-buttons">
      {problem && <ProblemNote problem={problem} />}
      <Button
        className="jp-mod-styled jp-mod-reject"
        disabled={busy}
        onClick={() => void withdraw()}
      >
        {trans.__('Withdraw')}
      </Button>
    </div>
  );
}

/** A comment and the two answers. */
function Decide(props: {
  proposal: ProposalDetail;
  decided: () => Promise<void>;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  const { id, missing, outdated } = props.proposal;
  const [comment, setComment] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const decide = async (answer: Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await answer;
      setComment('');
    } catch (error) {
      setProblem(Problem.from(error));
    }
    await props.decided();
    setBusy(false);
  };
  return (
    <section className="jp-mesh-decide" aria-label={trans.__('Decide')}>
      <Field
        label={trans.__('Comment')}
        help={trans.__('The proposer reads it. Sending back needs one.')}
      >
        <textarea
          className="jp-mod-styled"
          rows={2}
          value={comment}
          onChange={event => setComment(event.target.value)}
        />
      </Field>
      {problem && <ProblemNote problem={problem} />}
      <div className="jp-mesh-form-buttons">
        <Button
          className="jp-mod-styled jp-mod-reject"
          disabled={busy || !comment.trim()}
          onClick={() => void decide(connection.api.sendBack(id, comment))}
        >
          {trans.__('Send back')}
        </Button>
        <Button
          className="jp-mod-styled jp-mod-accept"
          disabled={busy || Boolean(outdated)}
          onClick={() => void decide(connection.api.approve(id, comment))}
        >
          {missing > 1 ? trans.__('Approve') : trans.__('Approve and promote')}
        </Button>
      </div>
    </section>
  );
}
