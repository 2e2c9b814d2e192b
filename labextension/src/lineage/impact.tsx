import * as React from 'react';

import type { Impact } from '../api/types';
import { useEnvironment } from '../components/environment';
import { count } from '../components/format';
import { Loaded } from '../components/loaded';
import type { Resource } from '../components/resource';
import { Table } from '../components/table';
import { RelativeTime } from '../components/time';
import { confidenceWord } from './words';

/** Whom a change of a column would hit: products first, then people. */
export function ImpactOf(props: { impact: Resource<Impact> }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <Loaded resource={props.impact} lines={3}>
      {impact => (
        <section aria-label={trans.__('Before you change %1', impact.column)}>
          <h3>{trans.__('Before you change %1', impact.column)}</h3>
          <p>{summary(impact, trans)}</p>
          {impact.products.length > 0 && <Products impact={impact} />}
          {impact.people.length > 0 && <People impact={impact} />}
        </section>
      )}
    </Loaded>
  );
}

function summary(
  impact: Impact,
  trans: ReturnType<typeof useEnvironment>['trans']
): string {
  const { products, people_count: people } = impact;
  if (!products.length && !people) {
    return trans.__(
      'No product is made from it, and nobody read it in the last 90 days.'
    );
  }
  return [
    trans._n(
      'It goes into %2 product.',
      'It goes into %2 products.',
      products.length,
      count(products.length)
    ),
    trans._n(
      '%2 person read it, or what is made from it, in the last 90 days.',
      '%2 people read it, or what is made from it, in the last 90 days.',
      people,
      count(people)
    )
  ].join(' ');
}

function Products({ impact }: { impact: Impact }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <Table label={trans.__('Products that are made from %1', impact.column)}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Product')}</th>
          <th scope="col">{trans.__('Owner')}</th>
          <th scope="col">{trans.__('Columns made from it')}</th>
          <th scope="col">{trans.__('Known')}</th>
          <th scope="col" data-number="true">
            {trans.__('Steps away')}
          </th>
        </tr>
      </thead>
      <tbody>
        {impact.products.map((one, at) => (
          <tr key={at}>
            <td>
              {one.name ?? (
                <em>{trans.__('A product that you may not see')}</em>
              )}
            </td>
            <td>{one.owner}</td>
            <td>
              {one.every
                ? trans.__('possibly every column')
                : one.columns.join(', ')}
            </td>
            <td>{confidenceWord(one.confidence, trans)}</td>
            <td data-number="true">{one.depth}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function People({ impact }: { impact: Impact }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <Table label={trans.__('People who read %1', impact.column)}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Person')}</th>
          <th scope="col">{trans.__('Read')}</th>
          <th scope="col">{trans.__('Columns')}</th>
          <th scope="col">{trans.__('Last')}</th>
          <th scope="col" data-number="true">
            {trans.__('Reads')}
          </th>
        </tr>
      </thead>
      <tbody>
        {impact.people.map((one, at) => (
          <tr key={at}>
            <td>{one.name}</td>
            <td>{one.product}</td>
            <td>
              {one.columns === null
                ? trans.__('all columns')
                : one.columns.join(', ')}
            </td>
            <td>
              <RelativeTime instant={one.last_read} />
            </td>
            <td data-number="true">{count(one.reads)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
