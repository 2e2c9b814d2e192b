import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { FormDialog } from '../components/formdialog';
import { Note, ProblemNote } from '../components/message';
import { useSignal } from '../components/resource';
import { Skeleton } from '../components/skeleton';
import { showCell } from './document';
import { Done } from './done';
import { Findings } from './findings';
import { STEPS } from './model';
import type { PromoteModel, StepId } from './model';
import { Output } from './output';
import { Parameters } from './parameters';
import { TryOut } from './preflight';
import { Proposed } from './proposed';
import { Review } from './review';
import { ScheduleStep } from './schedule';
import { Target } from './target';

/** Show the dialog; resolves when it is closed. */
export async function openPromotion(
  environment: IEnvironment,
  model: PromoteModel
): Promise<void> {
  const { trans } = environment;
  const dialog = new FormDialog({
    title: trans.__('Promote %1', model.title),
    environment,
    className: 'jp-mesh-promote',
    body: close => <Promotion model={model} close={close} />
  });
  void model.start();
  await dialog.launch();
}

function Promotion({
  model,
  close
}: {
  model: PromoteModel;
  close: () => void;
}): JSX.Element {
  useSignal(model.changed);
  useSignal(model.trial.changed);
  React.useEffect(() => () => model.trial.leave(), [model]);
  if (model.done) {
    return (
      <Done
        promotion={model.done}
        connection={model.connection}
        close={close}
      />
    );
  }
  if (model.proposed) {
    return <Proposed proposal={model.proposed} close={close} />;
  }
  const show = (cell: number): void => {
    close();
    void showCell(model.panel, cell);
  };
  // What must be mended stands in the first step already, with its place and its fix.
  const told =
    model.step === 'findings' &&
    model.plan?.analysis.findings.some(finding => finding.level === 'error');
  return (
    <div className="jp-mesh-promote-body">
      <StepList model={model} />
      <div className="jp-mesh-promote-main">
        <Target model={model} />
        {model.problem && (
          <ProblemNote
            problem={model.problem}
            retry={
              model.problem.unavailable ? () => void model.replan() : undefined
            }
          />
        )}
        {model.plan?.blocked && !model.problem && !told && (
          <Note level="warning">{model.plan.blocked}</Note>
        )}
        <div
          className={
            model.problem && model.step !== 'schedule'
              ? 'jp-mesh-promote-step jp-mesh-stale'
              : 'jp-mesh-promote-step'
          }
        >
          {model.plan ? (
            <Step model={model} show={show} />
          ) : (
            !model.problem && <Skeleton lines={6} />
          )}
        </div>
        <Buttons model={model} close={close} />
      </div>
    </div>
  );
}

function Step({
  model,
  show
}: {
  model: PromoteModel;
  show: (cell: number) => void;
}): JSX.Element | null {
  if (!model.plan) {
    return null;
  }
  switch (model.step) {
    case 'findings':
      return <Findings model={model} plan={model.plan} show={show} />;
    case 'parameters':
      return <Parameters model={model} plan={model.plan} />;
    case 'output':
      return <Output model={model} plan={model.plan} />;
    case 'preflight':
      return <TryOut model={model} plan={model.plan} show={show} />;
    case 'schedule':
      return <ScheduleStep model={model} plan={model.plan} />;
    case 'review':
      return <Review model={model} plan={model.plan} />;
  }
}

/** The steps at the left, each with a sign of how it stands. */
function StepList({ model }: { model: PromoteModel }): JSX.Element {
  const { trans } = useEnvironment();
  const labels: Record<StepId, string> = {
    findings: trans.__('Findings'),
    parameters: trans.__('Parameters'),
    output: trans.__('Output & contract'),
    preflight: trans.__('Try it out'),
    schedule: trans.__('Schedule'),
    review: trans.__('Review')
  };
  const analysis = model.plan?.analysis;
  const bad = analysis?.findings.some(finding => finding.level === 'error');
  const warned = analysis?.findings.some(
    finding => finding.level === 'warning'
  );
  const at = STEPS.indexOf(model.step);
  const sign = (step: StepId): string => {
    if (step === 'findings' && bad) {
      return '✕';
    }
    if (step === 'findings' && warned) {
      return '!';
    }
    if (step === 'output' && analysis && !analysis.outputs.length) {
      return '✕';
    }
    if (
      step === 'schedule' &&
      /^(schedule|duration|parameter)\./.test(model.problem?.code ?? '')
    ) {
      return '✕';
    }
    if (step === 'preflight') {
      const { value } = model.trial;
      const over = value?.state === 'done' && model.triedAsItIs;
      return !over ? '' : model.trial.failed ? '✕' : '✓';
    }
    return model.plan && STEPS.indexOf(step) < at ? '✓' : '';
  };
  return (
    <ol className="jp-mesh-promote-steps" aria-label={trans.__('Steps')}>
      {STEPS.map((step, index) => (
        <li key={step}>
          <button
            type="button"
            aria-current={step === model.step ? 'step' : undefined}
            onClick={() => model.go(step)}
          >
            <span className="jp-mesh-step-number">{index + 1}</span>
            <span>{labels[step]}</span>
            <span className="jp-mesh-step-sign">{sign(step)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Buttons({
  model,
  close
}: {
  model: PromoteModel;
  close: () => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const at = STEPS.indexOf(model.step);
  const last = at === STEPS.length - 1;
  return (
    <div className="jp-mesh-form-buttons">
      <span className="jp-mesh-dim">
        {trans.__('Closing keeps what you typed.')}
      </span>
      <span className="jp-mesh-spacer" />
      <Button className="jp-mod-styled jp-mod-reject" onClick={close}>
        {trans.__('Close')}
      </Button>
      {at > 0 && (
        <Button
          className="jp-mod-styled jp-mod-reject"
          onClick={() => model.go(STEPS[at - 1])}
        >
          {trans.__('Back')}
        </Button>
      )}
      {last ? (
        <Button
          className="jp-mod-styled jp-mod-accept"
          disabled={!model.ready}
          onClick={() => void model.promote()}
        >
          {model.plan?.review
            ? model.promoting
              ? trans.__('Proposing…')
              : trans.__('Propose')
            : model.promoting
              ? trans.__('Promoting…')
              : trans.__('Promote')}
        </Button>
      ) : (
        <Button
          className="jp-mod-styled jp-mod-accept"
          onClick={() => model.go(STEPS[at + 1])}
        >
          {trans.__('Next')}
        </Button>
      )}
    </div>
  );
}
