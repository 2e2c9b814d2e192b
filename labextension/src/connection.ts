/** The plugin that connects to the workbench of this JupyterLab. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { MeshApi } from './api/client';
import { RunEvents } from './events';
import { IMeshConnection } from './tokens';

export const connectionPlugin: JupyterFrontEndPlugin<IMeshConnection> = {
  id: 'mesh-workbench:connection',
  description: 'The connection to the workbench behind this JupyterLab.',
  autoStart: true,
  provides: IMeshConnection,
  activate: (app: JupyterFrontEnd): IMeshConnection => {
    const api = new MeshApi(app.serviceManager.serverSettings);
    return { api, events: new RunEvents(api) };
  }
};
