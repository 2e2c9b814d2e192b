import * as React from 'react';

import type { ParameterSpec, PromotionPlan } from '../api/types';
import { useEnvironment } from '../components/environment';
import { Empty } from '../components/message';
import type { PromoteModel } from './model';
import { Presets } from './presets';

/** What can be set from outside, as found in the parameters cell, and presets for it. */
export function Parameters({
  model,
  plan
}: {
  model: PromoteModel;
  plan: PromotionPlan;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { parameters, presets } = plan.analysis;
  if (!parameters.length) {
    return (
      <Empty
        text={trans.__(
          'The notebook has no parameters. Tag a cell of assignments with “parameters” to have some.'
        )}
      />
    );
  }
  return (
    <>
      <table className="jp-mesh-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Parameter')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Default')}</th>
            <th scope="col">{trans.__('Meaning')}</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map(spec => (
            <tr key={spec.name}>
              <th scope="row" className="jp-mesh-mono">
                {spec.name}
              </th>
              <td>{spec.type}</td>
              <td className="jp-mesh-mono">
                {spec.required
                  ? trans.__('must be given')
                  : JSON.stringify(spec.default)}
              </td>
              <td>
                {spec.help}
                <Limits spec={spec} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Presets model={model} parameters={parameters} presets={presets} />
    </>
  );
}

function Limits({ spec }: { spec: ParameterSpec }): JSX.Element | null {
  const { trans } = useEnvironment();
  const words = [
    spec.choices
      ? trans.__(
          'one of %1',
          spec.choices.map(choice => JSON.stringify(choice)).join(', ')
        )
      : '',
    spec.minimum !== null ? trans.__('at least %1', spec.minimum) : '',
    spec.maximum !== null ? trans.__('at most %1', spec.maximum) : ''
  ].filter(Boolean);
  return words.length ? (
    <div className="jp-mesh-dim">{words.join(', ')}</div>
  ) : null;
}
