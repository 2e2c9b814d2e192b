import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type {
  Preflight,
  PreflightCheck,
  Progress,
  PromotionPlan
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { Note, ProblemNote } from '../components/message';
import { useSignal } from '../components/resource';
import { FindingLine } from './finding';
import type { PromoteModel } from './model';

const SIGNS = { passed: '✓', warned: '!', failed: '✕', not_checked: '–' };

/** The notebook tried out in a clean kernel, before anybody depends on it. */
export function TryOut(props: {
  model: PromoteModel;
  plan: PromotionPlan;
  show: (cell: number) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { model, plan } = props;
  const { trial } = model;
  useSignal(trial.changed);
  const { presets } = plan.analysis;
  const stale = Boolean(trial.value) && !model.triedAsItIs;
  return (
    <>
      <p>
        {trans.__(
          'A worker has nothing but the notebook and its files: no variables of other cells, no files beside it. Try it like that; nothing is published.'
        )}
      </p>
      <div className="jp-mesh-try">
        {trial.running ? (
          <Button
            className="jp-mod-styled jp-mod-warn"
            onClick={() => void trial.stop()}
          >
            {trans.__('Stop')}
          </Button>
        ) : (
          <Button
            className="jp-mod-styled jp-mod-accept"
            onClick={() => model.tryOut()}
          >
            {trial.value
              ? trans.__('Try again')
              : trans.__('Try it in a clean kernel')}
          </Button>
        )}
        {presets.length > 0 && (
          <label className="jp-mesh-choice">
            {trans.__('with')}
            <select
              disabled={trial.running}
              value={model.preset ?? ''}
              onChange={event => model.choosePreset(event.target.value || null)}
            >
              <option value="">{trans.__('the defaults')}</option>
              {presets.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <Going running={trial.running} progress={trial.value?.progress} />
      </div>
      {trial.problem && (
        <ProblemNote
          problem={trial.problem}
          retry={trial.problem.unavailable ? () => model.tryOut() : undefined}
        />
      )}
      {stale && (
        <Note level="warning">
          {trans.__('The notebook has changed since. Try it again.')}
        </Note>
      )}
      {trial.value && !trial.running && (
        <Ended value={trial.value} stale={stale} {...props} />
      )}
    </>
  );
}

/** Which cell is executed. */
function Going(props: {
  running: boolean;
  progress: Progress | undefined;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { cell = 0, cells = 0, line = '' } = props.progress ?? {};
  return (
    <div className="jp-mesh-try-going" role="status">
      {props.running && (
        <>
          <progress
            value={cells ? Math.max(0, cell - 1) : undefined}
            max={cells || 1}
            aria-label={trans.__('Progress')}
          />
          <span>
            {cells
              ? trans.__('Cell %1 of %2', cell, cells)
              : trans.__('Starting a kernel…')}
          </span>
          <span className="jp-mesh-mono jp-mesh-dim jp-mesh-try-line">
            {line}
          </span>
        </>
      )}
    </div>
  );
}

function Ended(props: {
  value: Preflight;
  stale: boolean;
  model: PromoteModel;
  show: (cell: number) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { value } = props;
  if (value.state === 'cancelled') {
    return <p>{trans.__('It was stopped.')}</p>;
  }
  if (value.state === 'lost') {
    return (
      <Note level="warning">
        {trans.__('Its process ended before it could answer. Try it again.')}
      </Note>
    );
  }
  return (
    <ul className="jp-mesh-checklist" aria-label={trans.__('Checklist')}>
      {value.checks.map(check => (
        <CheckLine key={check.name} check={check} {...props} />
      ))}
    </ul>
  );
}

function CheckLine(props: {
  check: PreflightCheck;
  stale: boolean;
  model: PromoteModel;
  show: (cell: number) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { check, model, stale } = props;
  const words = {
    passed: trans.__('Passed'),
    warned: trans.__('Warning'),
    failed: trans.__('Failed'),
    not_checked: trans.__('Not checked')
  };
  return (
    <li data-check={check.name} data-outcome={check.outcome}>
      <div className="jp-mesh-check">
        <span className="jp-mesh-check-sign" aria-hidden="true">
          {SIGNS[check.outcome]}
        </span>
        <span className="jp-mesh-hidden">
          {words[check.outcome]}
          {': '}
        </span>
        <span>{check.message}</span>
      </div>
      {check.findings.length > 0 && (
        <ul className="jp-mesh-findings">
          {check.findings.map((finding, index) => (
            <FindingLine
              key={index}
              finding={finding}
              fix={stale ? null : fix => void model.fixAndTry(fix)}
              show={props.show}
            />
          ))}
        </ul>
      )}
    </li>
  );
}
