/** Where the products of a lineage stand in its picture, the data flowing from left to right. It knows no DOM. */

import { Graph, layout } from '@dagrejs/dagre';
import type { EdgeLabel, GraphLabel, NodeLabel } from '@dagrejs/dagre';

import type {
  ColumnEdge,
  Lineage,
  LineageEdge,
  LineageNode
} from '../api/types';

const WIDTH = 190;
const HEAD = 46;
const LINE = 18;
const FOOT = 6;
/** Columns that a box lists at most. */
export const MOST_COLUMNS = 12;

/** A product as a box. */
export interface IBox {
  node: LineageNode;
  /** Its columns on the ways that are shown, the farther ones left out. */
  columns: string[];
  /** How many columns are left out. */
  more: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A line between two boxes, or two of their columns. */
export interface ILine {
  from: LineageNode;
  to: LineageNode;
  edge?: LineageEdge;
  column?: ColumnEdge;
  /** For an SVG path. */
  path: string;
}

export interface IPicture {
  boxes: IBox[];
  lines: ILine[];
  width: number;
  height: number;
}

/** The picture of a lineage, with the columns of each product or without. */
export function pictureOf(lineage: Lineage, withColumns: boolean): IPicture {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>({
    multigraph: true
  });
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 64, edgesep: 10 });
  const columns = withColumns ? columnsOf(lineage) : new Map();
  for (const node of lineage.nodes) {
    const lines = Math.min(columns.get(node.id)?.length ?? 0, MOST_COLUMNS + 1);
    const height = HEAD + (lines ? lines * LINE + FOOT : 0);
    graph.setNode(node.id, { width: WIDTH, height });
  }
  for (const edge of lineage.edges) {
    graph.setEdge(edge.source, edge.target, {}, edge.port);
  }
  layout(graph);
  const boxes = lineage.nodes.map(node => boxOf(node, graph, columns));
  const { width = 0, height = 0 } = graph.graph();
  const byId = new Map(boxes.map(box => [box.node.id, box]));
  const lines = withColumns
    ? columnLines(lineage, byId)
    : productLines(lineage, byId, graph);
  return { boxes, lines, width, height };
}

/** Of each product the columns that are made from others, or others from them. */
function columnsOf(lineage: Lineage): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  const add = (id: string, column: string | null): void => {
    if (column) {
      found.set(id, (found.get(id) ?? new Set()).add(column));
    }
  };
  for (const edge of lineage.columns) {
    add(edge.source, edge.column);
    add(edge.target, edge.target_column);
  }
  return new Map([...found].map(([id, names]) => [id, [...names].sort()]));
}

function boxOf(
  node: LineageNode,
  graph: Graph<GraphLabel, NodeLabel, EdgeLabel>,
  columns: Map<string, string[]>
): IBox {
  const { x = 0, y = 0, width, height } = graph.node(node.id);
  const all = columns.get(node.id) ?? [];
  return {
    node,
    columns: all.slice(0, MOST_COLUMNS),
    more: Math.max(0, all.length - MOST_COLUMNS),
    left: x - width / 2,
    top: y - height / 2,
    width,
    height
  };
}

function productLines(
  lineage: Lineage,
  boxes: Map<string, IBox>,
  graph: Graph<GraphLabel, NodeLabel, EdgeLabel>
): ILine[] {
  return lineage.edges.flatMap(edge => {
    const from = boxes.get(edge.source);
    const to = boxes.get(edge.target);
    const points = graph.edge(edge.source, edge.target, edge.port).points ?? [];
    return from && to && points.length
      ? [{ from: from.node, to: to.node, edge, path: smooth(points) }]
      : [];
  });
}

/** Lines from column to column; to the head of a box where all its columns are meant. */
function columnLines(lineage: Lineage, boxes: Map<string, IBox>): ILine[] {
  return lineage.columns.flatMap(column => {
    const from = boxes.get(column.source);
    const to = boxes.get(column.target);
    if (!from || !to) {
      return [];
    }
    const start = { x: from.left + WIDTH, y: lineOf(from, column.column) };
    const end = { x: to.left, y: lineOf(to, column.target_column) };
    const middle = (start.x + end.x) / 2;
    const path = `M${start.x} ${start.y}C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}`;
    return [{ from: from.node, to: to.node, column, path }];
  });
}

function lineOf(box: IBox, column: string | null): number {
  if (!column) {
    return box.top + HEAD / 2;
  }
  const at = box.columns.indexOf(column);
  return box.top + HEAD + ((at < 0 ? MOST_COLUMNS : at) + 0.5) * LINE;
}

/** A curve through the middles of the stretches between points. */
function smooth(points: { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  const bends = rest.slice(0, -1).map((point, at) => {
    const next = rest[at + 1];
    const x = at === rest.length - 2 ? next.x : (point.x + next.x) / 2;
    const y = at === rest.length - 2 ? next.y : (point.y + next.y) / 2;
    return `Q${point.x} ${point.y} ${x} ${y}`;
  });
  const end = rest.length === 1 ? `L${rest[0].x} ${rest[0].y}` : '';
  return `M${first.x} ${first.y}${bends.join('')}${end}`;
}

export type Way = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** The box that lies nearest in a direction; null when none does. */
export function neighbour(boxes: IBox[], from: IBox, way: string): IBox | null {
  const ahead: Record<Way, (box: IBox) => number> = {
    ArrowLeft: box => from.left - box.left,
    ArrowRight: box => box.left - from.left,
    ArrowUp: box => from.top - box.top,
    ArrowDown: box => box.top - from.top
  };
  const distance = ahead[way as Way];
  if (!distance) {
    return null;
  }
  const sideways = way === 'ArrowLeft' || way === 'ArrowRight';
  const cost = (box: IBox): number =>
    distance(box) +
    2 * Math.abs(sideways ? box.top - from.top : box.left - from.left);
  const others = boxes.filter(box => box !== from && distance(box) > 0);
  return others.reduce<IBox | null>(
    (best, box) => (best && cost(best) <= cost(box) ? best : box),
    null
  );
}
