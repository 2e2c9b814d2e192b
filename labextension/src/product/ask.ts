/** Asks which product is meant, when a command is run from the palette without saying it. */

import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { MeshApi } from '../api/client';

const OFFERED = 100;

/** domain.product as chosen or typed, or null. */
export async function askForProduct(
  api: MeshApi,
  trans: TranslationBundle
): Promise<string | null> {
  const found = await api.search(
    { limit: OFFERED },
    new AbortController().signal
  );
  const answer = await InputDialog.getItem({
    title: trans.__('Which product?'),
    items: found.items.map(hit => hit.product.full_name),
    editable: true,
    placeholder: trans.__('domain.product')
  });
  return answer.button.accept ? answer.value?.trim() || null : null;
}
