import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Finding, Fix } from '../api/types';
import { useEnvironment } from '../components/environment';

/** One finding: what was seen, where, and what can be done about it. */
export function FindingLine(props: {
  finding: Finding;
  /** Applies what it offers; null when it does not fit the notebook any more. */
  fix: ((fix: Fix) => void) | null;
  show: (cell: number) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { finding } = props;
  const words = {
    error: trans.__('Must be mended'),
    warning: trans.__('Warning'),
    info: trans.__('Good to know')
  };
  const { cell, line, fix } = finding;
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
              {line === null
                ? trans.__('(cell %1)', cell + 1)
                : trans.__('(cell %1, line %2)', cell + 1, line)}
            </span>
          )}
        </div>
        {finding.hint && <div className="jp-mesh-dim">{finding.hint}</div>}
        <div className="jp-mesh-actions">
          {fix && (
            <Button
              small
              className="jp-mod-styled jp-mod-accept"
              disabled={!props.fix}
              onClick={() => props.fix?.(fix)}
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
