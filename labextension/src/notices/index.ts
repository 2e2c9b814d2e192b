/** The plugin of notices: a section in the sidebar, notifications when something comes, and what one wants to know. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Poll } from '@lumino/polling';

import { Problem } from '../api/problem';
import { CommandIDs } from '../commands';
import { NO_ARGS, productArgs } from '../schemas';
import { IMeshConnection, IMeshSidebar } from '../tokens';
import { NoticesModel } from './model';
import { Popups } from './popup';
import { NoticesSection } from './section';

const POLL_MS = 10_000;
const SLOWEST_POLL_MS = 300_000;

export const noticesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:notices',
  description: 'What people are told about data products.',
  autoStart: true,
  requires: [IMeshConnection, IMeshSidebar],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    connection: IMeshConnection,
    sidebar: IMeshSidebar,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { commands } = app;
    const { api } = connection;
    const environment = { trans, commands, connection };
    const model = new NoticesModel(api);
    const popups = new Popups(commands, trans, ids => void read(ids));
    const read = async (ids: string[] | null): Promise<void> => {
      await model.read(ids).catch(tell);
    };
    model.arrived.connect((_, notices) => popups.show(notices));
    const section = new NoticesSection(model, trans);
    sidebar.addSection(section);
    new Poll({
      name: 'mesh-workbench:notices',
      factory: () => model.look(),
      frequency: { interval: POLL_MS, backoff: true, max: SLOWEST_POLL_MS },
      standby: () => document.hidden
    });
    commands.commandExecuted.connect((_, { args }) => {
      // Whatever opens what a notice is about, reads it.
      if (typeof args.notice === 'string') {
        void read([args.notice]);
      }
    });

    commands.addCommand(CommandIDs.showNotices, {
      label: trans.__('Show Notices'),
      caption: trans.__('Show what you were told about data products'),
      describedBy: { args: NO_ARGS },
      execute: async () => {
        await commands.execute(CommandIDs.openCatalog);
        sidebar.reveal(section.id);
      }
    });
    commands.addCommand(CommandIDs.readNotices, {
      label: args =>
        args.ids
          ? trans.__('Mark as Read')
          : trans.__('Mark All Notices as Read'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            ids: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__('Ids of notices; all without it.')
            }
          }
        }
      },
      execute: args =>
        read(Array.isArray(args.ids) ? args.ids.map(String) : null)
    });
    commands.addCommand(CommandIDs.noticeSettings, {
      label: trans.__('How You Are Told…'),
      caption: trans.__('Set your addresses and quiet hours'),
      describedBy: { args: NO_ARGS },
      execute: async () => {
        const { openPreferences } = await import('./preferences');
        await openPreferences(environment).catch(tell);
      }
    });
    commands.addCommand(CommandIDs.subscribe, {
      label: trans.__('Be Told About It…'),
      caption: trans.__('Say what you want to be told about a data product'),
      describedBy: {
        args: productArgs(trans.__('domain.product, or a whole domain'))
      },
      execute: async args => {
        const { openSubscribe } = await import('./subscribe');
        await openSubscribe(environment, String(args.product)).catch(tell);
      }
    });
    commands.addCommand(CommandIDs.muteProduct, {
      label: args =>
        typeof args.hours === 'number'
          ? trans._n('Mute for %1 Hour', 'Mute for %1 Hours', args.hours)
          : trans.__('Mute'),
      describedBy: {
        args: productArgs(trans.__('domain.product'), {
          hours: {
            type: 'number',
            description: trans.__('For how long; without it until unmuted.')
          }
        })
      },
      execute: async args => {
        const product = String(args.product);
        const hours = typeof args.hours === 'number' ? args.hours : null;
        const until =
          hours === null ? null : new Date(Date.now() + hours * 3_600_000);
        try {
          await api.mute(product, until?.toISOString() ?? null);
        } catch (error) {
          tell(error);
          return;
        }
        Notification.info(
          hours === null
            ? trans.__('%1 is muted.', product)
            : trans._n(
                '%2 is muted for %1 hour.',
                '%2 is muted for %1 hours.',
                hours,
                product
              ),
          {
            autoClose: 5000,
            actions: [
              {
                label: trans.__('Undo'),
                callback: () => void api.unmute(product).catch(tell)
              }
            ]
          }
        );
      }
    });
    commands.addCommand(CommandIDs.retryRun, {
      label: trans.__('Retry'),
      caption: trans.__('Try the run again, with the same inputs'),
      describedBy: {
        args: productArgs(trans.__('domain.product that ran.'), {
          run: { type: 'string', description: trans.__('Id of the run.') }
        })
      },
      execute: async args => {
        try {
          await api.retryRun(String(args.run));
        } catch (error) {
          tell(error);
          return;
        }
        await commands.execute(CommandIDs.openRun, {
          product: String(args.product),
          run: String(args.run)
        });
      }
    });
    commands.addCommand(CommandIDs.acknowledgeChange, {
      label: trans.__('Acknowledge the Change'),
      caption: trans.__(
        'Say that you, and the products that are yours, are ready for it'
      ),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            change: {
              type: 'string',
              description: trans.__('Id of the breaking change.')
            }
          },
          required: ['change']
        }
      },
      execute: async args => {
        try {
          const change = await api.acknowledgeChange(String(args.change));
          Notification.success(
            trans.__(
              'You acknowledged version %1 of %2.',
              change.version,
              change.product
            ),
            { autoClose: 5000 }
          );
        } catch (error) {
          tell(error);
        }
      }
    });
    for (const command of [
      CommandIDs.showNotices,
      CommandIDs.readNotices,
      CommandIDs.noticeSettings
    ]) {
      palette?.addItem({ command, category: trans.__('Data Mesh') });
    }
    void app.restored.then(() => follow(app));
  }
};

/** Say what could not be done. */
function tell(error: unknown): void {
  const { message, hint } = Problem.from(error);
  Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
}

/** Messages link to runs and products: open what the address of the page asks for. */
function follow(app: JupyterFrontEnd): void {
  const url = new URL(window.location.href);
  const product = url.searchParams.get('mesh-product');
  const run = url.searchParams.get('mesh-run');
  if (!product) {
    return;
  }
  url.searchParams.delete('mesh-product');
  url.searchParams.delete('mesh-run');
  window.history.replaceState(window.history.state, '', url);
  void app.commands.execute(
    run ? CommandIDs.openRun : CommandIDs.openProduct,
    run ? { product, run } : { product }
  );
}
