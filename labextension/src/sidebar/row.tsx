import {
  caretDownIcon,
  caretRightIcon,
  ellipsesIcon,
  launchIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { useEnvironment } from '../components/environment';
import { HealthDot } from '../components/health';
import { Name } from '../components/name';
import { RelativeTime } from '../components/time';
import { insertQueryIcon } from '../icons';
import { queryFor } from '../query/text';
import type { ITreeNode } from './tree';
import type { ITreeActions } from './treeview';

interface IRowProps {
  node: ITreeNode;
  position: number;
  size: number;
  top: number;
  active: boolean;
  actions: ITreeActions;
  onFocus: () => void;
}

/** One row of the tree: caret, health, name, marks, note; what can be done shows on hover and focus. */
export const TreeRow = React.memo(
  function TreeRow(props: IRowProps): JSX.Element {
    const { trans } = useEnvironment();
    const { node, actions } = props;
    const Caret = node.expanded ? caretDownIcon : caretRightIcon;
    const onClick = (): void => {
      if (node.kind === 'product' || node.command) {
        actions.open(node);
      } else if (node.expanded !== undefined) {
        actions.toggle(node.key);
      }
    };
    return (
      <div
        className="jp-mesh-row"
        role="treeitem"
        data-kind={node.kind}
        data-product={node.product}
        data-unread={node.unread || undefined}
        aria-level={node.level}
        aria-posinset={props.position}
        aria-setsize={props.size}
        aria-expanded={node.expanded}
        aria-busy={node.kind === 'loading' || undefined}
        tabIndex={props.active ? 0 : -1}
        style={{ top: props.top, paddingLeft: (node.level - 1) * 12 + 4 }}
        title={node.tooltip}
        draggable={node.kind === 'product'}
        onDragStart={event =>
          event.dataTransfer.setData('text/plain', queryFor(node.product ?? ''))
        }
        onFocus={props.onFocus}
        onClick={onClick}
        onContextMenu={event => {
          if ((node.product || node.menu) && !event.shiftKey) {
            event.preventDefault();
            event.stopPropagation();
            actions.more(node, event.currentTarget);
          }
        }}
      >
        <span
          className="jp-mesh-caret"
          aria-hidden="true"
          onClick={event => {
            event.stopPropagation();
            if (node.expanded !== undefined) {
              actions.toggle(node.key);
            }
          }}
        >
          {node.expanded !== undefined && (
            <Caret.react tag="span" width="16px" />
          )}
        </span>
        {node.health && (
          <HealthDot health={node.health} word={node.healthWord} />
        )}
        {node.kind === 'loading' ? (
          <span
            className="jp-mesh-row-loading"
            aria-label={trans.__('Loading')}
          />
        ) : (
          <Name text={node.label} title={node.tooltip} />
        )}
        {node.unread && (
          <span className="jp-mesh-hidden">{trans.__('unread')}</span>
        )}
        {node.marks?.map(mark => (
          <span key={mark} className="jp-mesh-mark">
            {mark}
          </span>
        ))}
        <span className="jp-mesh-row-note">
          {node.note}
          {node.note && node.instant ? ', ' : ''}
          {node.instant && <RelativeTime instant={node.instant} narrow />}
        </span>
        {(node.kind === 'product' || node.menu) && (
          <RowActions node={node} actions={actions} />
        )}
      </div>
    );
  },
  (before, after) =>
    before.top === after.top &&
    before.position === after.position &&
    before.size === after.size &&
    before.active === after.active &&
    before.actions === after.actions &&
    sameNode(before.node, after.node)
);

function sameNode(one: ITreeNode, other: ITreeNode): boolean {
  return (
    one === other ||
    (one.key === other.key &&
      one.label === other.label &&
      one.note === other.note &&
      one.instant === other.instant &&
      one.unread === other.unread &&
      one.expanded === other.expanded &&
      one.tooltip === other.tooltip &&
      one.health?.state === other.health?.state &&
      one.health?.reason === other.health?.reason &&
      one.marks?.join() === other.marks?.join())
  );
}

/** What can be done with a product. The keyboard has Enter, Alt+Enter and the menu key for the same. */
function RowActions(props: {
  node: ITreeNode;
  actions: ITreeActions;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { node, actions } = props;
  const button = (
    label: string,
    icon: typeof launchIcon,
    act: (anchor: Element) => void
  ): JSX.Element => (
    <button
      type="button"
      tabIndex={-1}
      title={label}
      aria-label={`${label}: ${node.product ?? node.label}`}
      onClick={event => {
        event.stopPropagation();
        act(event.currentTarget);
      }}
    >
      <icon.react tag="span" width="14px" />
    </button>
  );
  return (
    <span className="jp-mesh-row-actions">
      {node.kind === 'product' &&
        button(trans.__('Insert query'), insertQueryIcon, () =>
          actions.insert(node)
        )}
      {(node.kind === 'product' || node.command) &&
        button(trans.__('Open'), launchIcon, () => actions.open(node))}
      {button(trans.__('More'), ellipsesIcon, anchor =>
        actions.more(node, anchor)
      )}
    </span>
  );
}
