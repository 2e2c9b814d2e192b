/** The plugin that writes queries into notebooks. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { insertQueryIcon } from '../icons';
import { askForProduct } from '../product/ask';
import { productArgs } from '../schemas';
import { IMeshConnection } from '../tokens';
import { insertQuery } from './insert';

export const queryPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:query',
  description: 'Inserts queries of data products into notebooks.',
  autoStart: true,
  requires: [INotebookTracker, IMeshConnection],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    connection: IMeshConnection,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    app.commands.addCommand(CommandIDs.insertQuery, {
      label: args =>
        args.product
          ? trans.__('Insert Query')
          : trans.__('Insert a Query of a Product…'),
      caption: trans.__(
        'Insert a %%mesh cell that reads the product below the active cell'
      ),
      icon: insertQueryIcon,
      describedBy: {
        args: productArgs(
          trans.__(
            'domain.product or domain.product.port to read; without it a dialog asks.'
          )
        )
      },
      execute: async args => {
        const name =
          typeof args.product === 'string'
            ? args.product
            : await askForProduct(connection.api, trans);
        if (!name) {
          return;
        }
        const panel =
          notebooks.currentWidget ??
          ((await app.commands.execute('notebook:create-new', {
            kernelName: 'python3'
          })) as NotebookPanel | null);
        if (!panel) {
          Notification.warning(
            trans.__('Open a notebook first; the query is inserted there.'),
            { autoClose: 10_000 }
          );
          return;
        }
        app.shell.activateById(panel.id);
        await insertQuery(panel, name);
      }
    });
    palette?.addItem({
      command: CommandIDs.insertQuery,
      category: trans.__('Data Mesh')
    });
  }
};
