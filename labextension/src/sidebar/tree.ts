/** Rows of the sidebar's tree, as plain values: sections make them, the view draws them. */

import type { Health } from '../api/types';
import type { IMenuItem } from '../components/menu';

export type NodeKind =
  | 'section'
  | 'domain'
  | 'product'
  | 'port'
  | 'column'
  | 'notice'
  | 'message'
  | 'problem'
  | 'loading';

export interface ITreeNode {
  /** Unique in the tree, stable between refreshes. */
  key: string;
  kind: NodeKind;
  /** From 1, as in aria-level. */
  level: number;
  label: string;
  /** Grey text at the end of the row. */
  note?: string;
  /** An instant to show behind `note`. */
  instant?: string;
  tooltip?: string;
  /** Undefined for a row that nothing hides below. */
  expanded?: boolean;
  /** domain.product, on rows that belong to one. */
  product?: string;
  health?: Health;
  /** What the shape of health stands for, where it is something else. */
  healthWord?: string;
  /** Whether nobody has looked at it yet. */
  unread?: boolean;
  /** What opens it; a product's page when absent. */
  command?: IMenuItem;
  /** What can be done with it; the usual for a product when absent. */
  menu?: (IMenuItem | null)[];
  /** Short marks after the label, such as "key" or a classification. */
  marks?: string[];
}

/** Where a row stands among its siblings; the page holds only some of them, so readers must be told. */
export interface IPlace {
  position: number;
  size: number;
}

/** The place of every row, in the order of `nodes`. */
export function placesOf(nodes: ITreeNode[]): IPlace[] {
  const places: IPlace[] = [];
  const open: IPlace[][] = [];
  const close = (level: number): void => {
    while (open.length > level) {
      const siblings = open.pop() ?? [];
      siblings.forEach(place => (place.size = siblings.length));
    }
  };
  for (const node of nodes) {
    close(node.level);
    const siblings = (open[node.level - 1] ??= []);
    const place = { position: siblings.length + 1, size: 0 };
    siblings.push(place);
    places.push(place);
  }
  close(0);
  return places;
}

/** A placeholder for what is being fetched. */
export function loadingNode(key: string, level: number): ITreeNode {
  return { key, level, kind: 'loading', label: '' };
}
