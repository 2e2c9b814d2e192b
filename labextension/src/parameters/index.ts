/** The plugin of the parameters cell: a badge on it, and a button in the toolbar of cells that makes one of it. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { variableIcon } from '@jupyterlab/ui-components';
import { Debouncer } from '@lumino/polling';

import { CommandIDs } from '../commands';
import { applyFix } from '../promote/fix';
import { NO_ARGS } from '../schemas';
import { isTagged, marked, showBadges } from './tags';

const QUIET_MS = 100;

export const parametersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:parameters',
  description: 'Shows and marks the cell that holds the parameters.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { commands } = app;
    const command = CommandIDs.toggleParameters;
    const active = (): Cell | null => notebooks.activeCell;
    const on = (): boolean => {
      const cell = active();
      return cell !== null && isTagged(cell);
    };

    commands.addCommand(command, {
      label: trans.__('The Cell Holds the Parameters'),
      caption: () =>
        on()
          ? trans.__('This cell holds the parameters. Click to undo that.')
          : trans.__('Make this the cell that holds the parameters'),
      icon: variableIcon,
      describedBy: { args: NO_ARGS },
      isToggleable: true,
      isToggled: on,
      isEnabled: () => active()?.model.type === 'code',
      isVisible: () => active()?.model.type === 'code',
      execute: () => {
        const panel = notebooks.currentWidget;
        const cell = active();
        if (panel && cell) {
          const edits = marked(panel.content.widgets, cell, !on());
          applyFix(panel, { label: '', edits });
        }
      }
    });
    palette?.addItem({ command, category: trans.__('Data Mesh') });

    const changed = (): void => commands.notifyCommandChanged(command);
    notebooks.activeCellChanged.connect(changed);
    const follow = (panel: NotebookPanel): void => {
      const soon = new Debouncer(() => {
        if (!panel.isDisposed) {
          showBadges(panel, trans.__('Parameters'));
          changed();
        }
      }, QUIET_MS);
      const look = (): void => {
        soon.invoke().catch(() => undefined); // Disposed meanwhile.
      };
      panel.content.modelContentChanged.connect(look);
      panel.disposed.connect(() => soon.dispose());
      void panel.context.ready.then(look);
    };
    notebooks.forEach(follow);
    notebooks.widgetAdded.connect((_, panel) => follow(panel));
  }
};
