import * as React from 'react';

/** A table that may be wider than its place: its region has a name and scrolls, by keyboard too. */
export function Table(props: {
  label: string;
  className?: string;
  id?: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div
      className="jp-mesh-rows"
      id={props.id}
      tabIndex={0}
      role="region"
      aria-label={props.label}
    >
      <table
        className={['jp-mesh-table', props.className].filter(Boolean).join(' ')}
      >
        {props.children}
      </table>
    </div>
  );
}
