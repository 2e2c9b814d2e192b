/** The plugin of the sidebar. */

import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { NO_ARGS } from '../schemas';
import { IMeshConnection, IMeshSidebar } from '../tokens';
import { DomainsSection } from './domains';
import { SidebarModel } from './model';
import { SidebarPanel } from './panel';
import { UsedSection } from './used';

const RANK = 550;

export const sidebarPlugin: JupyterFrontEndPlugin<IMeshSidebar> = {
  id: 'mesh-workbench:sidebar',
  description: 'The catalog of data products in the left sidebar.',
  autoStart: true,
  provides: IMeshSidebar,
  requires: [IMeshConnection],
  optional: [
    ILabShell,
    ILayoutRestorer,
    INotebookTracker,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    connection: IMeshConnection,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): IMeshSidebar => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { commands } = app;
    const environment = { trans, commands, connection };
    const model = new SidebarModel(connection.api, trans);
    const panel = new SidebarPanel(model, environment);
    model.addSection(new DomainsSection(connection.api, trans));
    if (notebooks) {
      model.addSection(
        new UsedSection(connection.api, trans, notebooks, () => panel.isVisible)
      );
    }
    app.shell.add(panel, 'left', { rank: RANK });
    restorer?.add(panel, panel.id);
    if (PageConfig.getOption('meshWorkbenchSidebar') === 'open') {
      // After the restored layout, which would otherwise decide what is in front.
      void app.restored.then(() => app.shell.activateById(panel.id));
    }

    commands.addCommand(CommandIDs.openCatalog, {
      label: trans.__('Open the Data Mesh Catalog'),
      caption: trans.__('Show the sidebar of data products and search in it'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            search: {
              type: 'string',
              description: trans.__('Words to search for; none shows the tree.')
            }
          }
        }
      },
      execute: args => {
        app.shell.activateById(panel.id);
        if (typeof args.search === 'string') {
          model.search.setText(args.search);
        }
        panel.search();
      }
    });
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh the Catalog'),
      describedBy: { args: NO_ARGS },
      execute: () => model.refresh()
    });
    commands.addCommand(CommandIDs.createDomain, {
      label: trans.__('Create a Domain…'),
      caption: trans.__('Create a domain, which owns data products'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name: {
              type: 'string',
              description: trans.__(
                'Name in lower case; without it a form asks.'
              )
            },
            title: {
              type: 'string',
              description: trans.__('Name as people say it.')
            },
            description: {
              type: 'string',
              description: trans.__('What the domain is about.')
            }
          }
        }
      },
      execute: async args => {
        if (typeof args.name === 'string') {
          const domain = await connection.api.addDomain({
            name: args.name,
            title: typeof args.title === 'string' ? args.title : '',
            description:
              typeof args.description === 'string' ? args.description : ''
          });
          await model.refresh();
          return domain.name;
        }
        const { openCreateDomain } = await import('./createdomain');
        const name = await openCreateDomain(environment);
        await model.refresh();
        return name;
      }
    });
    commands.addCommand(CommandIDs.buildDemo, {
      label: trans.__('Build the Flights Demo'),
      caption: trans.__(
        'Add five domains with seven products made of real flights of 2013'
      ),
      describedBy: { args: NO_ARGS },
      isEnabled: () => !model.demo.running,
      execute: async () => {
        app.shell.activateById(panel.id);
        await model.demo.start();
      }
    });
    commands.addCommand(CommandIDs.startWorker, {
      label: trans.__('Start a Worker'),
      caption: trans.__('Start the process that executes runs'),
      describedBy: { args: NO_ARGS },
      isEnabled: () => model.status.value?.workers.length === 0,
      execute: () => model.act(api => api.startWorker())
    });
    for (const command of [
      CommandIDs.openCatalog,
      CommandIDs.refresh,
      CommandIDs.createDomain,
      CommandIDs.buildDemo,
      CommandIDs.startWorker
    ]) {
      palette?.addItem({ command, category: trans.__('Data Mesh') });
    }
    // The first look is taken at once when the sidebar is the one that was restored.
    void shell?.restored.then(() =>
      panel.isVisible ? model.refresh() : undefined
    );
    return model;
  }
};
