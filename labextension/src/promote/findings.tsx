import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Finding, PromotionPlan } from '../api/types';
import { useEnvironment } from '../components/environment';
import type { PromoteModel } from './model';

const ORDER = ['error', 'warning', 'info'];

/** What a person should know of the notebook before promoting it, each with what to do about it. */
export function Findings(props: {
  model: PromoteModel;
  plan: PromotionPlan;
  show: (cell: number) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { analysis } = props.plan;
  const findings = [...analysis.findings].sort(
    (a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level)
  );
  return (
    <>
      <p>
        {[
          trans._n('%1 code cell', '%1 code cells', analysis.code_cells),
          trans._n(
            'reads %1 product',
            'reads %1 products',
            new Set(analysis.inputs.map(input => input.port)).size
          ),
          trans._n(
            'makes %1 output',
            'makes %1 outputs',
            analysis.outputs.length
          )
        ].join(', ')}
        {'.'}
      </p>
      {analysis.inputs.length > 0 && (
        <p className="jp-mesh-dim">
          {trans.__(
            'Reads %1',
            [...new Set(analysis.inputs.map(input => input.port))].join(', ')
          )}
        </p>
      )}
      {findings.length ? (
        <ul className="jp-mesh-findings">
          {findings.map((finding, index) => (
            <FindingLine
              key={index}
              finding={finding}
              model={props.model}
              show={props.show}
            />
          ))}
        </ul>
      ) : (
        <p>{trans.__('Nothing stands in the way.')}</p>
      )}
    </>
  );
}

function FindingLine(props: {
  finding: Finding;
  model: PromoteModel;
  show: (cell: number) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { finding } = props;
  const words = {
    error: trans.__('Must be mended'),
    warning: trans.__('Warning'),
    info: trans.__('Good to know')
  };
  const { cell, fix } = finding;
  return (
    <li data-level={finding.level}>
      <span className="jp-mesh-outcome" data-level={finding.level}>
        {words[finding.level]}
      </span>
      <div>
        <div>
          {finding.message}
          {cell !== null && (
            <span className="jp-mesh-dim">
              {' '}
              {trans.__('(cell %1)', cell + 1)}
            </span>
          )}
        </div>
        {finding.hint && <div className="jp-mesh-dim">{finding.hint}</div>}
        <div className="jp-mesh-actions">
          {fix && (
            <Button
              small
              className="jp-mod-styled jp-mod-accept"
              disabled={props.model.planning}
              onClick={() => void props.model.fix(fix)}
            >
              {fix.label}
            </Button>
          )}
          {cell !== null && (
            <Button
              small
              className="jp-mod-styled"
              onClick={() => props.show(cell)}
            >
              {trans.__('Show the cell')}
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}
