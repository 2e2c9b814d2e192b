import * as React from 'react';

import type { Lineage } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { HealthDot } from '../components/health';
import { Name } from '../components/name';
import { neighbour, pictureOf } from './layout';
import type { IBox, ILine } from './layout';
import { nodeWord, releasesWord, wayWord } from './words';

/** Room around everything, so that focus rings are whole. */
const MARGIN = 6;

/** Products from left to right as the data flow, with lines between them. Arrow keys go from product to product. */
export function Picture(props: {
  lineage: Lineage;
  withColumns: boolean;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { lineage, withColumns } = props;
  const place = React.useRef<HTMLDivElement>(null);
  const picture = React.useMemo(
    () => pictureOf(lineage, withColumns),
    [lineage, withColumns]
  );
  const root = picture.boxes.find(box => box.node.depth === 0);
  React.useLayoutEffect(() => {
    const scrolled = place.current;
    if (scrolled && root) {
      scrolled.scrollLeft =
        root.left + root.width / 2 - scrolled.clientWidth / 2;
      scrolled.scrollTop =
        root.top + root.height / 2 - scrolled.clientHeight / 2;
    }
  }, [root]);
  const onKeyDown = (event: React.KeyboardEvent<HTMLDivElement>): void => {
    const at = (event.target as HTMLElement).closest('[data-node]');
    const from = picture.boxes.find(
      box => box.node.id === at?.getAttribute('data-node')
    );
    const to = from && neighbour(picture.boxes, from, event.key);
    if (to) {
      event.preventDefault();
      event.currentTarget
        .querySelector<HTMLElement>(
          `[data-node="${CSS.escape(to.node.id)}"] [tabindex]`
        )
        ?.focus();
    }
  };
  const up = lineage.nodes.filter(node => node.depth < 0).length;
  const down = lineage.nodes.filter(node => node.depth > 0).length;
  return (
    <div
      className="jp-mesh-lineage"
      ref={place}
      role="group"
      aria-label={trans.__(
        '%1 is made from %2 and goes into %3 products. Arrow keys go from one to the next.',
        lineage.product,
        up,
        down
      )}
      onKeyDown={onKeyDown}
    >
      <div
        className="jp-mesh-lineage-plane"
        style={{
          width: picture.width + 2 * MARGIN,
          height: picture.height + 2 * MARGIN
        }}
      >
        <svg
          width={picture.width + 2 * MARGIN}
          height={picture.height + 2 * MARGIN}
          viewBox={`${-MARGIN} ${-MARGIN} ${picture.width + 2 * MARGIN} ${picture.height + 2 * MARGIN}`}
          aria-hidden="true"
          focusable="false"
        >
          {picture.lines.map((line, at) => (
            <Line key={at} line={line} />
          ))}
        </svg>
        {picture.boxes.map(box => (
          <Box
            key={box.node.id}
            box={box}
            column={withColumns ? lineage.column : null}
          />
        ))}
      </div>
    </div>
  );
}

/** Dashed where it is not certain; its words are in its tooltip and in the list. */
function Line({ line }: { line: ILine }): JSX.Element {
  const { trans } = useEnvironment();
  const { from, to, edge, column } = line;
  const words = column
    ? wayWord(from, to, column, trans)
    : edge
      ? trans.__(
          '%1 → %2: %3',
          nodeWord(from, trans),
          nodeWord(to, trans),
          releasesWord(edge, trans)
        )
      : '';
  return (
    <g className="jp-mesh-lineage-line">
      <path
        className="jp-mesh-lineage-drawn"
        d={line.path}
        data-confidence={column?.confidence}
        data-kind={column?.kind}
        data-declared={edge ? edge.release === null : undefined}
      />
      <path className="jp-mesh-lineage-aim" d={line.path}>
        <title>{words}</title>
      </path>
    </g>
  );
}

function Box({
  box,
  column
}: {
  box: IBox;
  column: string | null;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const { node } = box;
  const dot = (node.name ?? '').indexOf('.');
  const chosen = column?.split('.').pop();
  return (
    <div
      className="jp-mesh-lineage-box"
      data-node={node.id}
      data-root={node.depth === 0}
      data-hidden={node.name === null}
      style={{
        left: box.left + MARGIN,
        top: box.top + MARGIN,
        width: box.width,
        height: box.height
      }}
    >
      {node.name === null ? (
        <div className="jp-mesh-lineage-head" tabIndex={0}>
          <em>{nodeWord(node, trans)}</em>
        </div>
      ) : (
        <button
          type="button"
          tabIndex={0}
          className="jp-mesh-lineage-head"
          aria-current={node.depth === 0 ? 'true' : undefined}
          title={node.depth === 0 ? undefined : trans.__('Open %1', node.name)}
          onClick={() =>
            node.depth !== 0 &&
            void commands.execute(CommandIDs.openProduct, {
              product: node.name,
              tab: 'lineage'
            })
          }
        >
          <span className="jp-mesh-lineage-domain">
            <Name text={node.name.slice(0, dot)} />
          </span>
          <span className="jp-mesh-lineage-name">
            {node.health && <HealthDot health={node.health} />}
            <Name text={node.name.slice(dot + 1)} title={node.name} />
          </span>
          <span className="jp-mesh-lineage-release">
            {node.release === null
              ? trans.__('no release')
              : trans.__('release %1', node.release)}
          </span>
        </button>
      )}
      {box.columns.length > 0 && (
        <ul>
          {box.columns.map(name => (
            <li
              key={name}
              title={name}
              data-chosen={node.depth === 0 && name === chosen}
            >
              {name}
            </li>
          ))}
          {box.more > 0 && (
            <li className="jp-mesh-dim">
              {trans._n('%2 more', '%2 more', box.more, box.more)}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}
