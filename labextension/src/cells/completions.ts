/** Names of the mesh for JupyterLab's completer, with types, descriptions and how far to trust them. */

import type {
  CompletionHandler,
  ICompletionContext,
  ICompletionProvider
} from '@jupyterlab/completer';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { MeshApi } from '../api/client';
import type { Around } from './around';
import { documentationOf, shortly } from './words';

const NOTHING = { start: 0, end: 0, items: [] };
/** Signs behind which names of the mesh begin, while completions come by themselves. */
const BEGINS = ['.', '@', "'", '"', '$'];

export class MeshCompletions implements ICompletionProvider {
  constructor(
    private api: MeshApi,
    private around: Around,
    private trans: TranslationBundle
  ) {}

  readonly identifier = 'mesh-workbench:completions';
  /** Before the kernel's, which knows the same names with less about them. */
  readonly rank = 1100;

  async isApplicable(context: ICompletionContext): Promise<boolean> {
    return Boolean(context.editor);
  }

  async fetch(
    request: CompletionHandler.IRequest,
    context: ICompletionContext
  ): Promise<CompletionHandler.ICompletionItemsReply> {
    const python = context.editor?.model.mimeType.includes('python') ?? false;
    const asked =
      python && context.editor
        ? await this.around.ask(
            request.text,
            request.offset,
            context.editor.host
          )
        : null;
    if (!asked) {
      return NOTHING;
    }
    const found = await this.api.complete(asked);
    return {
      start: found.start,
      end: found.end,
      items: (found.items ?? []).map(item => ({
        label: item.text,
        insertText: item.text,
        type: shortly(item, this.trans),
        documentation: documentationOf(item, this.trans),
        deprecated: (item.marks ?? []).some(mark => mark.code === 'deprecated')
      }))
    };
  }

  shouldShowContinuousHint(
    visible: boolean,
    changed: { sourceChange?: { insert?: unknown }[] }
  ): boolean {
    const typed = changed.sourceChange?.find(
      change => typeof change.insert === 'string'
    )?.insert;
    return (
      !visible &&
      typeof typed === 'string' &&
      (BEGINS.includes(typed) || /^\w$/.test(typed))
    );
  }
}
