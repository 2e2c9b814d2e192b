import { closeIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useEnvironment } from '../components/environment';
import { useSignal } from '../components/resource';
import { FACETS } from './search';
import type { FacetName, Search } from './search';

/** The search field and, once something is asked, the facets with their counts. */
export const SearchBox = React.forwardRef<
  HTMLInputElement,
  { search: Search; down: () => void; enter: (insert: boolean) => void }
>(function SearchBox(props, input) {
  const { trans } = useEnvironment();
  const { search } = props;
  useSignal(search.changed);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      props.down();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      props.enter(event.altKey);
    } else if (event.key === 'Escape' && search.active) {
      event.stopPropagation();
      search.clear();
    }
  };
  return (
    <div className="jp-mesh-search" role="search">
      <div className="jp-mesh-search-field">
        <searchIcon.react
          tag="span"
          width="14px"
          className="jp-mesh-search-icon"
        />
        <input
          ref={input}
          type="text"
          className="jp-mod-styled"
          aria-label={trans.__('Search products, columns, owners')}
          placeholder={trans.__('Search products, columns, owners')}
          value={search.text}
          spellCheck={false}
          onChange={event => search.setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {search.active && (
          <button
            type="button"
            className="jp-mesh-icon-button"
            title={trans.__('Clear search and filters')}
            aria-label={trans.__('Clear search and filters')}
            onClick={() => search.clear()}
          >
            <closeIcon.react tag="span" width="12px" />
          </button>
        )}
      </div>
      {search.active && <Facets search={search} />}
    </div>
  );
});

function Facets({ search }: { search: Search }): JSX.Element {
  const { trans } = useEnvironment();
  const labels: Record<FacetName, string> = {
    status: trans.__('Status'),
    domain: trans.__('Domain'),
    health: trans.__('Health'),
    tag: trans.__('Tag')
  };
  return (
    <div className="jp-mesh-facets">
      {FACETS.map(facet => {
        const chosen = search.filters[facet] ?? '';
        const choices = search.results?.facets[facet] ?? [];
        const known = choices.some(choice => choice.value === chosen);
        return (
          <select
            key={facet}
            aria-label={labels[facet]}
            value={chosen}
            data-chosen={Boolean(chosen)}
            onChange={event => search.setFilter(facet, event.target.value)}
          >
            <option value="">{labels[facet]}</option>
            {chosen && !known && <option value={chosen}>{chosen}</option>}
            {choices.map(choice => (
              <option key={choice.value} value={choice.value}>
                {trans.__(
                  '%1 (%2)',
                  choice.value.replace(/_/g, ' '),
                  choice.count
                )}
              </option>
            ))}
          </select>
        );
      })}
    </div>
  );
}
