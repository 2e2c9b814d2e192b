import * as React from 'react';

export interface ITab {
  id: string;
  label: string;
  badge?: string;
  badgeState?: string;
}

/** A row of tabs as the ARIA pattern has it: arrows move, Home and End jump. */
export function Tabs(props: {
  id: string;
  label: string;
  tabs: ITab[];
  current: string;
  onSelect: (id: string) => void;
}): JSX.Element {
  const list = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const at = props.tabs.findIndex(tab => tab.id === props.current);
    const last = props.tabs.length - 1;
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at ? at - 1 : last,
      Home: 0,
      End: last
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      props.onSelect(props.tabs[to].id);
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
    }
  };
  return (
    <div
      className="jp-mesh-tabs"
      role="tablist"
      aria-label={props.label}
      ref={list}
      onKeyDown={onKeyDown}
    >
      {props.tabs.map(tab => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${props.id}-tab-${tab.id}`}
          aria-controls={`${props.id}-panel`}
          aria-selected={tab.id === props.current}
          tabIndex={tab.id === props.current ? 0 : -1}
          onClick={() => props.onSelect(tab.id)}
        >
          {tab.label}
          {tab.badge && (
            <span className="jp-mesh-badge" data-state={tab.badgeState}>
              {tab.badge}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
