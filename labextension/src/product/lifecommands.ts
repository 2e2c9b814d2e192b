/** Commands for the later life of a product: each asks what it needs to know, in a dialog that names what changes. */

import { Notification } from '@jupyterlab/apputils';

import { Problem } from '../api/problem';
import { CommandIDs } from '../commands';
import type { IEnvironment } from '../components/environment';
import type { LifeVerb } from './life';
import { productArgs } from '../schemas';

/** `named` says which product is meant, `changed` is called with its name when something became of it. */
export function addLifeCommands(
  environment: IEnvironment,
  named: (value: unknown) => Promise<string | null>,
  changed: (name: string) => Promise<void>
): void {
  const { trans, commands } = environment;
  const verbs = [
    {
      id: CommandIDs.rollbackProduct,
      verb: 'rollback',
      label: trans.__('Go Back to an Earlier Release or Version…')
    },
    {
      id: CommandIDs.deprecateProduct,
      verb: 'deprecate',
      label: trans.__('Deprecate…')
    },
    {
      id: CommandIDs.reinstateProduct,
      verb: 'reinstate',
      label: trans.__('Reinstate…')
    },
    {
      id: CommandIDs.moveSunset,
      verb: 'sunset',
      label: trans.__('Move the End of an Older Version…')
    },
    {
      id: CommandIDs.renameProduct,
      verb: 'rename',
      label: trans.__('Rename or Move…')
    },
    {
      id: CommandIDs.retireProduct,
      verb: 'retire',
      label: trans.__('Retire…')
    }
  ] as const;
  /** What `version` means to the verbs that take one. */
  const versions: Partial<Record<LifeVerb, string>> = {
    rollback: trans.__('Version to go back to; the form asks without it.'),
    sunset: trans.__('Older major version whose date is moved, such as 1.')
  };
  for (const { id, verb, label } of verbs) {
    commands.addCommand(id, {
      label,
      describedBy: {
        args: productArgs(
          trans.__('domain.product'),
          versions[verb]
            ? { version: { type: 'string', description: versions[verb] } }
            : {}
        )
      },
      execute: async args => {
        const name = await named(args.product);
        if (!name) {
          return;
        }
        try {
          const { openLife } = await import('./life');
          const version =
            typeof args.version === 'string' ? args.version : null;
          if (await openLife(environment, name, verb, version)) {
            await changed(name);
          }
        } catch (error) {
          const { message, hint } = Problem.from(error);
          Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
        }
      }
    });
  }
}
