/** The plugin of schedules: set, change and remove one, and pause a product or a whole domain. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Problem } from '../api/problem';
import { isDomain } from '../api/target';
import { CommandIDs } from '../commands';
import { IMeshConnection } from '../tokens';

export const schedulePlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:schedule',
  description: 'Says when data products run by themselves.',
  autoStart: true,
  requires: [IMeshConnection],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    connection: IMeshConnection,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { commands } = app;
    const environment = { trans, commands, connection };
    const target = {
      args: {
        type: 'object' as const,
        required: ['target'],
        properties: {
          target: {
            type: 'string' as const,
            description: trans.__('domain.product, or a domain.')
          }
        }
      }
    };
    /** Do it, say what went wrong, and show everywhere how it is then. */
    const act = async (action: () => Promise<unknown>): Promise<void> => {
      try {
        await action();
      } catch (error) {
        const { message, hint } = Problem.from(error);
        Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
      }
      await commands.execute(CommandIDs.refresh);
    };
    commands.addCommand(CommandIDs.schedule, {
      label: trans.__('Schedule…'),
      caption: trans.__('Say when it runs by itself'),
      describedBy: target,
      execute: args =>
        act(async () => {
          const { openSchedule } = await import('./dialog');
          await openSchedule(environment, String(args.target));
        })
    });
    commands.addCommand(CommandIDs.pause, {
      label: args =>
        isDomain(String(args.target))
          ? trans.__('Pause All Its Schedules…')
          : trans.__('Pause the Schedule…'),
      describedBy: target,
      execute: args =>
        act(async () => {
          const { openPause } = await import('./pause');
          await openPause(environment, String(args.target));
        })
    });
    commands.addCommand(CommandIDs.resume, {
      label: args =>
        isDomain(String(args.target))
          ? trans.__('Resume Its Schedules')
          : trans.__('Resume the Schedule'),
      describedBy: target,
      execute: args =>
        act(() =>
          isDomain(String(args.target))
            ? connection.api.resumeDomain(String(args.target))
            : connection.api.resumeSchedule(String(args.target))
        )
    });
  }
};
