/** What every component may need, handed down once. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { IMeshConnection } from '../tokens';

export interface IEnvironment {
  trans: TranslationBundle;
  commands: CommandRegistry;
  connection: IMeshConnection;
}

const Context = React.createContext<IEnvironment | null>(null);

export const Environment = Context.Provider;

export function useEnvironment(): IEnvironment {
  const environment = React.useContext(Context);
  if (!environment) {
    throw new Error('Drawn outside of an Environment');
  }
  return environment;
}
