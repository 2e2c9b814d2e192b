/** The plugin of cells: completion, colours and explanations while one writes. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import {
  CodeMirrorEditor,
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IMeshConnection } from '../tokens';
import { Around } from './around';
// The completer asks for its providers before anybody types.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { MeshCompletions } from './completions';
import { warmWithTheFirst } from './warm';

const NO_ARGS = { args: { type: 'object', properties: {} } } as const;

export const cellsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mesh-workbench:cells',
  description: 'Completion, colours and explanations in cells.',
  autoStart: true,
  requires: [IMeshConnection],
  optional: [
    IEditorExtensionRegistry,
    ICompletionProviderManager,
    INotebookTracker,
    ICommandPalette,
    ITranslator
  ],
  activate: async (
    app: JupyterFrontEnd,
    connection: IMeshConnection,
    editors: IEditorExtensionRegistry | null,
    completers: ICompletionProviderManager | null,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): Promise<void> => {
    const trans = (translator ?? nullTranslator).load('mesh_workbench');
    const { api } = connection;
    const around = new Around(notebooks);
    completers?.registerProvider(new MeshCompletions(api, around, trans));
    if (notebooks) {
      warmWithTheFirst(notebooks, api);
    }
    if (!editors) {
      return;
    }
    // Before the first editor is made, which would not get what comes later.
    const [{ sqlColours }, { meaningOnHover }, { explained, Explanation }] =
      await Promise.all([
        import('./highlight'),
        import('./hover'),
        import('./explain')
      ]);
    const { createImmutableExtension } = EditorExtensionRegistry;
    editors.addExtension({
      name: 'mesh-workbench:sql',
      // Which language a cell has is not known yet; all look at its text.
      factory: () =>
        createImmutableExtension([
          sqlColours,
          meaningOnHover(api, around, trans),
          explained
        ])
    });
    const explanation = new Explanation(api, around, trans);
    const editor = () => notebooks?.currentWidget?.content.activeCell?.editor;
    app.commands.addCommand(CommandIDs.explainName, {
      label: trans.__('Explain the Name at the Cursor'),
      caption: trans.__(
        'Tell what the name at the cursor stands for, and what its contract promises'
      ),
      describedBy: NO_ARGS,
      isEnabled: () => editor() instanceof CodeMirrorEditor,
      execute: async () => {
        const found = editor();
        if (found instanceof CodeMirrorEditor) {
          await explanation.show(found.editor);
        }
      }
    });
    app.commands.addCommand(CommandIDs.closeExplanation, {
      label: trans.__('Close the Explanation'),
      describedBy: NO_ARGS,
      execute: () => explanation.close()
    });
    palette?.addItem({
      command: CommandIDs.explainName,
      category: trans.__('Data Mesh')
    });
  }
};
