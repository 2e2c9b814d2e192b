/** The plugin of product pages: opening, restoring, running. */

import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  MainAreaWidget,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon, launchIcon, runIcon } from '@jupyterlab/ui-components';

import { Problem } from '../api/problem';
import { CommandIDs } from '../commands';
import { meshIcon } from '../icons';
import { productArgs } from '../schemas';
import { IMeshConnection } from '../tokens';
import { askForProduct } from './ask';
import { RunsDrive, openExecuted } from './drive';
import type { ProductPage } from './page';
import { addLifeCommands } from './lifecommands';
import { RunPage } from './runpage';
import { TABS } from './tabs';

type Page = MainAreaWidget<ProductPage>;

export const productPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:product',
  description: 'Pages of data products, and running them.',
  autoStart: true,
  requires: [IMeshConnection],
  optional: [ILayoutRestorer, ICommandPalette, IDocumentManager, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    connection: IMeshConnection,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    documents: IDocumentManager | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { commands } = app;
    const environment = { trans, commands, connection };
    const tracker = new WidgetTracker<Page>({
      namespace: 'mesh-workbench-product'
    });
    const drive = new RunsDrive(connection.api, trans);
    app.serviceManager.contents.addDrive(drive);

    void restorer?.restore(tracker, {
      command: CommandIDs.openProduct,
      args: page => ({
        product: page.content.model.name,
        tab: page.content.model.tab
      }),
      name: page => page.content.model.name
    });

    const create = async (name: string): Promise<Page> => {
      const [{ ProductModel }, { ProductPage }] = await Promise.all([
        import('./model'),
        import('./page')
      ]);
      const model = new ProductModel(name, connection);
      const page = new MainAreaWidget({
        content: new ProductPage(model, environment)
      });
      page.id = `mesh-product-${name}`;
      page.title.label = name;
      page.title.caption = trans.__('Data product %1', name);
      page.title.icon = meshIcon;
      page.title.closable = true;
      page.toolbar.hide();
      model.changed.connect(() => void tracker.save(page), page);
      model.detail.changed.connect(() => void follow(page), page);
      app.shell.add(page, 'main');
      await tracker.add(page);
      return page;
    };
    /** The page of a product that is called otherwise now makes room for the one of its present name. */
    const follow = async (page: Page): Promise<void> => {
      const { model } = page.content;
      const name = model.detail.value?.full_name ?? model.name;
      if (name === model.name || page.isDisposed) {
        return;
      }
      const { isVisible } = page;
      const next = await find(name);
      if (page.isDisposed) {
        return;
      }
      next.content.model.select(model.tab, model.openRun);
      if (isVisible) {
        app.shell.activateById(next.id);
      }
      page.dispose();
    };
    const opening = new Map<string, Promise<Page>>();
    /** The page of a product: the open one, else a new one, also when asked twice at once. */
    const find = async (name: string): Promise<Page> => {
      const known = tracker.find(page => page.content.model.name === name);
      const asked = known ?? opening.get(name) ?? create(name);
      opening.set(name, Promise.resolve(asked));
      const page = await asked;
      opening.delete(name);
      return page;
    };
    const open = async (name: string): Promise<Page> => {
      const page = await find(name);
      app.shell.activateById(page.id);
      return page;
    };
    /** The product that a command is about: the one it names, the page in view, or the one a dialog asks for. */
    const named = async (value: unknown): Promise<string | null> => {
      if (typeof value === 'string' && value) {
        return value.split('.').slice(0, 2).join('.');
      }
      const page = tracker.currentWidget;
      return page && page === app.shell.currentWidget
        ? page.content.model.name
        : askForProduct(connection.api, trans);
    };

    commands.addCommand(CommandIDs.openProduct, {
      label: args =>
        typeof args.notice === 'string'
          ? trans.__('Open the Product')
          : args.product
            ? trans.__('Open')
            : trans.__('Open a Data Product…'),
      caption: trans.__('Open the page of a data product'),
      icon: args => (args.product ? launchIcon : undefined),
      describedBy: {
        args: productArgs(
          trans.__('domain.product; without it a dialog asks.'),
          {
            tab: {
              type: 'string',
              enum: [...TABS],
              description: trans.__('Part of the page to show.')
            }
          }
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
        const page = await open(name);
        const tab = TABS.find(one => one === args.tab);
        if (tab) {
          page.content.model.select(tab);
        }
      }
    });
    commands.addCommand(CommandIDs.openRun, {
      label: trans.__('Open the Run'),
      describedBy: {
        args: productArgs(trans.__('domain.product that ran.'), {
          run: { type: 'string', description: trans.__('Id of the run.') }
        })
      },
      execute: async args => {
        if (typeof args.product === 'string' && typeof args.run === 'string') {
          (await open(args.product)).content.model.select('runs', args.run);
        }
      }
    });
    commands.addCommand(CommandIDs.runProduct, {
      label: args =>
        args.product ? trans.__('Run Now') : trans.__('Run a Data Product…'),
      caption: trans.__('Ask for a run of the newest version'),
      icon: runIcon,
      describedBy: {
        args: productArgs(
          trans.__(
            'domain.product; without it the page in view, else a dialog asks.'
          ),
          {
            parameters: {
              type: 'object',
              description: trans.__(
                'Values of parameters; without it a form asks.'
              )
            }
          }
        )
      },
      execute: async args => {
        const name = await named(args.product);
        if (!name) {
          return;
        }
        try {
          const given = args.parameters as
            Record<string, string | number | boolean | null> | undefined;
          const run = given
            ? await connection.api.requestRun({
                product: name,
                parameters: given
              })
            : await (await import('./runnow')).requestRun(environment, name);
          if (run) {
            const { model } = (await open(name)).content;
            model.run(run.id).set(run);
            await model.runs.load();
            model.select('runs', run.id);
            return run.id;
          }
        } catch (error) {
          const { message, hint } = Problem.from(error);
          Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
        }
      }
    });
    commands.addCommand(CommandIDs.openExecutedNotebook, {
      label: trans.__('Open the Executed Notebook of a Run'),
      isEnabled: () => documents !== null,
      describedBy: {
        args: {
          type: 'object',
          required: ['run'],
          properties: {
            run: { type: 'string', description: trans.__('Id of the run.') },
            cell: {
              type: ['integer', 'null'],
              description: trans.__('Index of the cell to show.')
            }
          }
        }
      },
      execute: async args => {
        if (documents && typeof args.run === 'string') {
          await openExecuted(
            documents,
            drive,
            args.run,
            typeof args.cell === 'number' ? args.cell : null
          );
        }
      }
    });
    commands.addCommand(CommandIDs.openVersionNotebook, {
      label: trans.__('Open the Notebook of a Version'),
      isEnabled: () => documents !== null,
      describedBy: {
        args: productArgs(trans.__('domain.product'), {
          version: {
            type: 'string',
            description: trans.__('The version, such as 1.2.0.')
          }
        })
      },
      execute: async args => {
        if (documents && args.product && args.version) {
          const id = `${String(args.product)}@${String(args.version)}`;
          await openExecuted(documents, drive, id, null);
        }
      }
    });
    commands.addCommand(CommandIDs.openRunPage, {
      label: trans.__('Read the Executed Notebook of a Run as a Page'),
      describedBy: {
        args: {
          type: 'object',
          required: ['run'],
          properties: {
            run: { type: 'string', description: trans.__('Id of the run.') },
            title: {
              type: 'string',
              description: trans.__('Title of the tab.')
            }
          }
        }
      },
      execute: async args => {
        if (typeof args.run !== 'string') {
          return;
        }
        const content = new RunPage(connection.api, args.run);
        const page = new MainAreaWidget({ content, reveal: content.ready });
        page.id = `mesh-run-page-${args.run}`;
        page.title.label = String(args.title ?? args.run);
        page.title.icon = meshIcon;
        page.title.closable = true;
        page.toolbar.hide();
        app.shell.add(page, 'main');
        try {
          await content.ready;
        } catch (error) {
          page.dispose();
          const { message, hint } = Problem.from(error);
          Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
        }
      }
    });
    addLifeCommands(environment, named, async (name: string) => {
      await tracker
        .find(page => page.content.model.name === name)
        ?.content.model.refresh();
    });
    commands.addCommand(CommandIDs.copyName, {
      label: trans.__('Copy Name'),
      icon: copyIcon,
      describedBy: { args: productArgs(trans.__('domain.product')) },
      execute: args => Clipboard.copyToSystem(String(args.product ?? ''))
    });
    for (const command of [CommandIDs.openProduct, CommandIDs.runProduct]) {
      palette?.addItem({ command, category: trans.__('Data Mesh') });
    }
  }
};
