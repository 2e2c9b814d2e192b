/** What plugins of this extension, and other extensions, hand to each other. */

import type { LabIcon } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { MeshApi } from './api/client';
import type { RunEvents } from './events';
import type { ITreeNode } from './sidebar/tree';

/** The connection to the workbench that this JupyterLab works with. */
export interface IMeshConnection {
  readonly api: MeshApi;
  readonly events: RunEvents;
}

export const IMeshConnection = new Token<IMeshConnection>(
  'mesh-workbench:IMeshConnection',
  'The HTTP API of the mesh workbench and its live events.'
);

/** A part of the sidebar's tree: a heading with rows below it. */
export interface ISidebarSection {
  readonly id: string;
  readonly title: string;
  /** Sections with a lower rank stand higher. */
  readonly rank: number;
  /** Emitted when `rows` would answer something else. */
  readonly changed: ISignal<ISidebarSection, void>;
  /** Number beside the heading; null for none. */
  readonly count: number | null;
  /** Whether the section is worth showing at all. */
  readonly visible: boolean;
  /** A button in the header of the sidebar that leads here, with the section's number; none when absent. */
  readonly shortcut?: { icon: LabIcon; label: string };
  /** The rows to draw now, children after their parents. */
  rows(): ITreeNode[];
  /** A row was opened or closed. */
  toggle(key: string): void;
  /** A placeholder row came into view: load what it stands for. */
  seen(key: string): void;
  /** Ask the server again, keeping what is shown meanwhile. */
  refresh(): Promise<void>;
}

/** The sidebar, to which other extensions can add sections. */
export interface IMeshSidebar {
  addSection(section: ISidebarSection): IDisposable;
  /** Bring a section into view, with the cursor on it. */
  reveal(sectionId: string): void;
}

export const IMeshSidebar = new Token<IMeshSidebar>(
  'mesh-workbench:IMeshSidebar',
  'The sidebar of the mesh workbench, which takes further sections.'
);
