import * as React from 'react';

import type { PromotionPlan } from '../api/types';
import { useEnvironment } from '../components/environment';
import { FindingLine } from './finding';
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
              fix={
                props.model.planning ? null : fix => void props.model.fix(fix)
              }
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
