/** The plugin of cells: completion, colours and explanations while one writes. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IMeshConnection } from '../tokens';
import { MeshCompletions } from './completions';

export const cellsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:cells',
  description: 'Completion, colours and explanations in cells.',
  autoStart: true,
  requires: [IMeshConnection],
  optional: [IEditorExtensionRegistry, ICompletionProviderManager, ITranslator],
  activate: async (
    _app: JupyterFrontEnd,
    connection: IMeshConnection,
    editors: IEditorExtensionRegistry | null,
    completers: ICompletionProviderManager | null,
    translator: ITranslator | null
  ): Promise<void> => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { api } = connection;
    completers?.registerProvider(new MeshCompletions(api, trans));
    if (!editors) {
      return;
    }
    // Before the first editor is made, which would not get what comes later.
    const [{ sqlColours }, { meaningOnHover }] = await Promise.all([
      import('./highlight'),
      import('./hover')
    ]);
    const { createImmutableExtension } = EditorExtensionRegistry;
    editors.addExtension({
      name: 'mesh-workbench:sql',
      // Which language a cell has is not known yet; both look at its first line.
      factory: () =>
        createImmutableExtension([sqlColours, meaningOnHover(api, trans)])
    });
  }
};
