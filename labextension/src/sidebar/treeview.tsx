/**
 * A tree of rows of equal height. Only those in view are in the page, so that thousands cost nothing.
 *
 * Keyboard as in the ARIA tree pattern with a roving tab stop: arrows, Home, End; Enter opens, Alt+Enter inserts a
 * query, the menu key shows what else can be done.
 */

import * as React from 'react';

import { TreeRow } from './row';
import { placesOf } from './tree';
import type { ITreeNode } from './tree';

const ROW_PX = 24;
const MARGIN = 8;

export interface ITreeActions {
  toggle(key: string): void;
  seen(key: string): void;
  open(node: ITreeNode): void;
  insert(node: ITreeNode): void;
  more(node: ITreeNode, anchor: Element): void;
  /** The person moved up from the first row. */
  leave(): void;
}

export interface ITreeHandle {
  focus(): void;
  /** Put the cursor on a row. */
  reveal(key: string): void;
}

interface ITreeProps {
  label: string;
  nodes: ITreeNode[];
  actions: ITreeActions;
}

export const TreeView = React.forwardRef<ITreeHandle, ITreeProps>(
  function TreeView(props, handle) {
    const { nodes, actions } = props;
    const box = React.useRef<HTMLDivElement>(null);
    const [top, setTop] = React.useState(0);
    const height = useHeight(box);
    const [activeKey, setActiveKey] = React.useState('');
    const wantsFocus = React.useRef(false);
    const at = Math.max(
      0,
      nodes.findIndex(node => node.key === activeKey)
    );

    const move = (to: number): void => {
      const index = Math.min(nodes.length - 1, Math.max(0, to));
      const node = nodes[index];
      if (!node || !box.current) {
        return;
      }
      const view = box.current;
      if (index * ROW_PX < view.scrollTop) {
        view.scrollTop = index * ROW_PX;
      } else if ((index + 1) * ROW_PX > view.scrollTop + view.clientHeight) {
        view.scrollTop = (index + 1) * ROW_PX - view.clientHeight;
      }
      setTop(view.scrollTop);
      setActiveKey(node.key);
      wantsFocus.current = true;
    };

    React.useImperativeHandle(handle, () => ({
      focus: () => move(0),
      reveal: key => {
        const index = nodes.findIndex(node => node.key === key);
        if (index >= 0 && box.current) {
          box.current.scrollTop = index * ROW_PX;
          move(index);
        }
      }
    }));

    React.useLayoutEffect(() => {
      if (wantsFocus.current) {
        wantsFocus.current = false;
        box.current
          ?.querySelector<HTMLElement>('[role=treeitem][tabindex="0"]')
          ?.focus();
      }
    });

    const first = Math.max(0, Math.floor(top / ROW_PX) - MARGIN);
    const last = Math.min(
      nodes.length,
      Math.ceil((top + height) / ROW_PX) + MARGIN
    );
    const waiting = nodes
      .slice(first, last)
      .filter(node => node.kind === 'loading');
    const waitingKeys = waiting.map(node => node.key).join('\n');
    React.useEffect(() => {
      waitingKeys.split('\n').filter(Boolean).forEach(actions.seen);
    }, [waitingKeys, nodes.length, actions.seen]);

    const onKeyDown = (event: React.KeyboardEvent): void => {
      const node = nodes[at];
      if (!node) {
        return;
      }
      const handled = keys(event, node, nodes, at, move, actions, box.current);
      if (handled) {
        event.preventDefault();
        event.stopPropagation();
      }
    };

    const places = React.useMemo(() => placesOf(nodes), [nodes]);
    const drawn = nodes
      .slice(first, last)
      .map((node, offset) => ({ node, index: first + offset }));
    if (nodes[at] && (at < first || at >= last)) {
      drawn.push({ node: nodes[at], index: at });
    }
    return (
      <div
        className="jp-mesh-tree"
        role="tree"
        aria-label={props.label}
        ref={box}
        onScroll={event => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <div
          role="presentation"
          style={{ height: nodes.length * ROW_PX, position: 'relative' }}
        >
          {drawn.map(({ node, index }) => (
            <TreeRow
              key={node.key}
              node={node}
              position={places[index].position}
              size={places[index].size}
              top={index * ROW_PX}
              active={index === at}
              actions={actions}
              onFocus={() => setActiveKey(node.key)}
            />
          ))}
        </div>
      </div>
    );
  }
);

function useHeight(box: React.RefObject<HTMLDivElement>): number {
  const [height, setHeight] = React.useState(600);
  React.useEffect(() => {
    const observer = new ResizeObserver(entries =>
      setHeight(entries[0].contentRect.height)
    );
    if (box.current) {
      observer.observe(box.current);
    }
    return () => observer.disconnect();
  }, [box]);
  return height;
}

/** What a key does; true when it did something. */
function keys(
  event: React.KeyboardEvent,
  node: ITreeNode,
  nodes: ITreeNode[],
  at: number,
  move: (to: number) => void,
  actions: ITreeActions,
  box: HTMLElement | null
): boolean {
  switch (event.key) {
    case 'ArrowDown':
      move(at + 1);
      return true;
    case 'ArrowUp':
      if (at === 0) {
        actions.leave();
      } else {
        move(at - 1);
      }
      return true;
    case 'Home':
      move(0);
      return true;
    case 'End':
      move(nodes.length - 1);
      return true;
    case 'ArrowRight':
      if (node.expanded === false) {
        actions.toggle(node.key);
      } else if (node.expanded && (nodes[at + 1]?.level ?? 0) > node.level) {
        move(at + 1);
      }
      return true;
    case 'ArrowLeft':
      if (node.expanded) {
        actions.toggle(node.key);
      } else {
        let parent = at;
        while (parent > 0 && nodes[parent].level >= node.level) {
          parent--;
        }
        move(parent);
      }
      return true;
    case 'Enter':
    case ' ':
      if (event.altKey && node.kind === 'product') {
        actions.insert(node);
      } else if (
        (node.kind === 'product' || node.command) &&
        event.key === 'Enter'
      ) {
        actions.open(node);
      } else if (node.expanded !== undefined) {
        actions.toggle(node.key);
      }
      return true;
    case 'ContextMenu':
    case 'F10': {
      const row = box?.querySelector('[role=treeitem][tabindex="0"]');
      if (
        row &&
        (node.product || node.menu) &&
        (event.key === 'ContextMenu' || event.shiftKey)
      ) {
        actions.more(node, row);
        return true;
      }
      return false;
    }
    default:
      return false;
  }
}
