import * as React from 'react';

import type { Lineage, LineageNode } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { HealthDot } from '../components/health';
import { Table } from '../components/table';
import {
  columnWord,
  confidenceWord,
  kindWord,
  nodeWord,
  releasesWord
} from './words';

/** What the picture shows, as tables: product from product, and column from column when columns are shown. */
export function LineageList(props: {
  lineage: Lineage;
  withColumns: boolean;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { lineage } = props;
  const nodes = new Map(lineage.nodes.map(node => [node.id, node]));
  const ends = <Edge extends { source: string; target: string }>(
    edges: Edge[]
  ): { edge: Edge; from: LineageNode; to: LineageNode }[] =>
    edges
      .flatMap(edge => {
        const from = nodes.get(edge.source);
        const to = nodes.get(edge.target);
        return from && to ? [{ edge, from, to }] : [];
      })
      .sort((one, other) => one.to.depth - other.to.depth);
  if (props.withColumns) {
    return (
      <Table label={trans.__('Columns and what they are made from')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('From')}</th>
            <th scope="col">{trans.__('To')}</th>
            <th scope="col">{trans.__('How')}</th>
            <th scope="col">{trans.__('Known')}</th>
          </tr>
        </thead>
        <tbody>
          {ends(lineage.columns).map(({ edge, from, to }, at) => (
            <tr key={at}>
              <td>{columnWord(from, edge.column, trans)}</td>
              <td>{columnWord(to, edge.target_column, trans)}</td>
              <td>{kindWord(edge.kind, trans)}</td>
              <td>{confidenceWord(edge.confidence, trans)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    );
  }
  return (
    <Table label={trans.__('Products and what they are made from')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('From')}</th>
          <th scope="col">{trans.__('Read')}</th>
          <th scope="col">{trans.__('To')}</th>
          <th scope="col">{trans.__('In')}</th>
        </tr>
      </thead>
      <tbody>
        {ends(lineage.edges).map(({ edge, from, to }, at) => (
          <tr key={at}>
            <td>
              <Product node={from} />
            </td>
            <td>{releasesWord(edge, trans)}</td>
            <td>
              <Product node={to} />
            </td>
            <td>
              {edge.made === null ? '' : trans.__('release %1', edge.made)}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Product({ node }: { node: LineageNode }): JSX.Element {
  const { trans, commands } = useEnvironment();
  if (node.name === null) {
    return <em>{nodeWord(node, trans)}</em>;
  }
  return (
    <>
      {node.health && <HealthDot health={node.health} />}{' '}
      <button
        type="button"
        className="jp-mesh-link"
        onClick={() =>
          void commands.execute(CommandIDs.openProduct, {
            product: node.name,
            tab: 'lineage'
          })
        }
      >
        {node.name}
      </button>
    </>
  );
}
