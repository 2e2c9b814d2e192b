/** The plugin of reviews: what waits for the person, and the page on which one decides. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { launchIcon } from '@jupyterlab/ui-components';
import { Poll } from '@lumino/polling';

import { CommandIDs } from '../commands';
import { meshIcon } from '../icons';
import { IMeshConnection, IMeshSidebar } from '../tokens';
// Its section stands in the sidebar from the start.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { WaitingSection } from './section';

const POLL_MS = 30_000;
const SLOWEST_POLL_MS = 300_000;

export const reviewsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:reviews',
  description: 'Promotions that wait for approval.',
  autoStart: true,
  requires: [IMeshConnection, IMeshSidebar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    connection: IMeshConnection,
    sidebar: IMeshSidebar,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { commands } = app;
    const section = new WaitingSection(connection.api, trans);
    sidebar.addSection(section);
    const poll = new Poll({
      name: 'mesh-workbench:reviews',
      factory: () => section.refresh(),
      frequency: { interval: POLL_MS, backoff: true, max: SLOWEST_POLL_MS },
      standby: () => document.hidden
    });

    commands.addCommand(CommandIDs.openReview, {
      label: trans.__('Review'),
      caption: trans.__('Look at a proposal and decide about it'),
      icon: launchIcon,
      describedBy: {
        args: {
          type: 'object',
          required: ['proposal'],
          properties: {
            proposal: {
              type: 'string',
              description: trans.__('Id of the proposal.')
            }
          }
        }
      },
      execute: async args => {
        if (typeof args.proposal !== 'string') {
          return;
        }
        const id = `mesh-review-${args.proposal}`;
        const open = [...app.shell.widgets('main')].find(one => one.id === id);
        if (open) {
          app.shell.activateById(id);
          return;
        }
        const { ReviewPage } = await import('./page');
        const environment = { trans, commands, connection };
        const content = new ReviewPage(
          args.proposal,
          environment,
          () => void poll.refresh()
        );
        const page = new MainAreaWidget({ content });
        page.id = id;
        page.title.label = trans.__('Review');
        page.title.icon = meshIcon;
        page.title.closable = true;
        page.toolbar.hide();
        content.resource.changed.connect((_, __) => {
          const product = content.resource.value?.product;
          page.title.label = product
            ? trans.__('Review of %1', product)
            : trans.__('Review');
        });
        app.shell.add(page, 'main');
        app.shell.activateById(id);
      }
    });
  }
};
