import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { UNREACHABLE } from '../api/problem';
import type { Problem } from '../api/problem';
import { useEnvironment } from './environment';
import { exact } from './format';

/** What is wrong and what to do next, with a way to try again where that can help. */
export function ProblemNote(props: {
  problem: Problem;
  since?: Date | null;
  retry?: () => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { problem } = props;
  const lost = problem.code === UNREACHABLE;
  const hint = lost
    ? trans.__('Look whether it runs, and whether you are connected to it.')
    : problem.hint;
  return (
    <div className="jp-mesh-note jp-mod-error" role="alert">
      <p className="jp-mesh-note-text">
        {lost
          ? trans.__('The Jupyter server does not answer.')
          : problem.message}
        {problem.where && (
          <span className="jp-mesh-dim"> ({problem.where})</span>
        )}
      </p>
      {hint && <p className="jp-mesh-note-hint">{hint}</p>}
      {props.since && (
        <p className="jp-mesh-dim">
          {trans.__('Since %1.', exact(props.since.toISOString()))}
        </p>
      )}
      {props.retry && (
        <Button
          className="jp-mod-styled jp-mod-reject"
          small
          onClick={props.retry}
        >
          {trans.__('Try again')}
        </Button>
      )}
      <span className="jp-mesh-code">{problem.code}</span>
    </div>
  );
}

/** A remark that is no error: information or a warning, with actions behind it. */
export function Note(props: {
  level: 'info' | 'warning';
  children: React.ReactNode;
  actions?: React.ReactNode;
}): JSX.Element {
  return (
    <div className={`jp-mesh-note jp-mod-${props.level}`} role="status">
      <div className="jp-mesh-note-text">{props.children}</div>
      {props.actions && <div className="jp-mesh-actions">{props.actions}</div>}
    </div>
  );
}

/** One sentence where there is nothing, and what one can do about it. */
export function Empty(props: {
  text: string;
  children?: React.ReactNode;
}): JSX.Element {
  return (
    <div className="jp-mesh-empty">
      <p>{props.text}</p>
      {props.children && (
        <div className="jp-mesh-actions">{props.children}</div>
      )}
    </div>
  );
}
