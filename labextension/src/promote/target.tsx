import * as React from 'react';

import { useEnvironment } from '../components/environment';
import type { PromoteModel } from './model';

const NEW = '\u0000new';

/** Where it goes: domain and product, and which version that will be. */
export function Target({ model }: { model: PromoteModel }): JSX.Element {
  const { trans } = useEnvironment();
  const { draft, plan } = model;
  const wrong =
    model.problem?.code.startsWith('name.') ||
    model.problem?.code.startsWith('product.');
  const names = model.domains?.map(domain => domain.name) ?? [];
  const versionWords = (): string => {
    if (!plan || model.problem) {
      return '';
    }
    switch (plan.status) {
      case 'new':
        return trans.__('becomes %1', plan.next_version);
      case 'changed':
        return trans.__(
          '%1 becomes %2',
          plan.current_version ?? '',
          plan.next_version
        );
      case 'unchanged':
        return trans.__('up to date with %1', plan.current_version ?? '');
    }
  };
  return (
    <div className="jp-mesh-target">
      <label>
        {trans.__('Domain')}
        <select
          value={draft.newDomain ? NEW : draft.domain}
          onChange={event => {
            const chosen = event.target.value;
            model.edit(
              chosen === NEW
                ? { newDomain: true, domain: '' }
                : { newDomain: false, domain: chosen }
            );
          }}
        >
          {!draft.newDomain &&
            draft.domain &&
            !names.includes(draft.domain) && (
              <option value={draft.domain}>{draft.domain}</option>
            )}
          {names.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value={NEW}>{trans.__('New domain…')}</option>
        </select>
      </label>
      {draft.newDomain && (
        <label>
          {trans.__('Name of the new domain')}
          <input
            className="jp-mod-styled"
            value={draft.domain}
            spellCheck={false}
            aria-invalid={wrong}
            onChange={event => model.edit({ domain: event.target.value })}
          />
        </label>
      )}
      <label>
        {trans.__('Product')}
        <input
          data-autofocus
          className="jp-mod-styled"
          value={draft.product}
          spellCheck={false}
          aria-invalid={wrong}
          onChange={event => model.edit({ product: event.target.value })}
        />
      </label>
      <span className="jp-mesh-target-version" role="status">
        {versionWords()}
      </span>
    </div>
  );
}
