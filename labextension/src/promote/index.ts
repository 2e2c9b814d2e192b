/** The plugin that promotes notebooks: a button in the toolbar of each, a command, a dialog. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  IToolbarWidgetRegistry,
  Notification
} from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { promoteIcon } from '../icons';
import { IMeshConnection } from '../tokens';
import { PromoteButton } from './button';
import { Drafts } from './draft';

/** The schema of this plugin puts the item with this name into the toolbar of notebooks. */
const TOOLBAR_ITEM = 'mesh-promote';

export const promotePlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:promote',
  description: 'Promotes notebooks to data products.',
  autoStart: true,
  requires: [INotebookTracker, IMeshConnection],
  optional: [IToolbarWidgetRegistry, IStateDB, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    connection: IMeshConnection,
    toolbars: IToolbarWidgetRegistry | null,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { commands } = app;
    const environment = { trans, commands, connection };
    const drafts = new Drafts(state);

    commands.addCommand(CommandIDs.promote, {
      label: trans.__('Promote the Notebook…'),
      caption: trans.__(
        'Make a data product of the open notebook, or a new version of it'
      ),
      icon: promoteIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__(
                'Path of an open notebook; the current one without it.'
              )
            }
          }
        }
      },
      isEnabled: () => notebooks.currentWidget !== null,
      execute: async args => {
        const panel =
          typeof args.path === 'string'
            ? notebooks.find(notebook => notebook.context.path === args.path)
            : notebooks.currentWidget;
        if (!panel) {
          Notification.warning(
            trans.__('Open the notebook that you want to promote.'),
            { autoClose: 10_000 }
          );
          return;
        }
        await panel.context.ready;
        const [{ PromoteModel }, { openPromotion }] = await Promise.all([
          import('./model'),
          import('./dialog')
        ]);
        const model = new PromoteModel(panel, connection, drafts);
        await openPromotion(environment, model);
        if (model.done) {
          await commands.execute(CommandIDs.refresh);
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.promote,
      category: trans.__('Data Mesh')
    });

    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      TOOLBAR_ITEM,
      panel =>
        new PromoteButton(panel, connection.api, trans, () =>
          commands.execute(CommandIDs.promote, { path: panel.context.path })
        )
    );
  }
};
