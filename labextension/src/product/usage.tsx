import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DayUse, ProductDetail, Usage } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { bytes, count, day, duration } from '../components/format';
import { Loaded } from '../components/loaded';
import { Empty } from '../components/message';
import { Table } from '../components/table';
import type { ProductModel } from './model';
import { SeriesPlot } from './seriesplot';

const PERIODS = [7, 30, 90, 365];

/** How much a product is read, by whom and which columns of it: drawn by day, then who and what in tables. */
export function UsageTab({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const [period, setPeriod] = React.useState(30);
  return (
    <>
      <div className="jp-mesh-tools">
        <label>
          {trans.__('In the last')}
          <select
            value={period}
            onChange={event => setPeriod(Number(event.target.value))}
          >
            {PERIODS.map(days => (
              <option key={days} value={days}>
                {trans._n('%2 day', '%2 days', days, days)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded resource={model.usage(period)} lines={8}>
        {usage =>
          usage.reads ? (
            <>
              <p>{summary(usage, trans)}</p>
              <Days key={period} usage={usage} period={period} />
              <Consumers usage={usage} />
              <Columns usage={usage} detail={detail} />
            </>
          ) : (
            <Empty
              text={trans._n(
                'Nobody read it in the last day.',
                'Nobody read it in the last %2 days.',
                period,
                period
              )}
            />
          )
        }
      </Loaded>
    </>
  );
}

function summary(usage: Usage, trans: TranslationBundle): string {
  const times = trans._n(
    '%2 read',
    '%2 reads',
    usage.reads,
    count(usage.reads)
  );
  const by = trans._n(
    'by %2 consumer',
    'by %2 consumers',
    usage.consumers,
    count(usage.consumers)
  );
  const got = trans._n('%2 row', '%2 rows', usage.rows, count(usage.rows));
  return trans.__(
    '%1 %2: %3, %4, %5 a read.',
    times,
    by,
    got,
    bytes(usage.bytes),
    usage.mean_ms === null ? '' : duration(usage.mean_ms, trans)
  );
}

/** Reads by day, those without included; one day is told exactly. */
function Days(props: { usage: Usage; period: number }): JSX.Element {
  const { trans } = useEnvironment();
  const days = React.useMemo(
    () => everyDay(props.usage, props.period),
    [props.usage, props.period]
  );
  const [at, setAt] = React.useState(days.length - 1);
  const chosen = Math.min(at, days.length - 1);
  const most = Math.max(...days.map(one => one.reads));
  const words = told(days[chosen], trans);
  return (
    <section
      className="jp-mesh-series jp-mesh-usage-days"
      aria-label={trans.__('Reads by day')}
    >
      <div className="jp-mesh-series-head">
        <h3>{trans.__('Reads by day')}</h3>
        <span className="jp-mesh-series-value">
          {trans.__('%1 to %2', 0, count(most))}
        </span>
      </div>
      <SeriesPlot
        places={{
          form: 'bars',
          values: days.map(one => [{ kind: 'run', value: one.reads }])
        }}
        chosen={chosen}
        onChoose={setAt}
      />
      <div className="jp-mesh-series-chosen">
        <input
          type="range"
          min={1}
          max={days.length}
          value={chosen + 1}
          aria-label={trans.__('Day that is shown exactly')}
          aria-valuetext={words}
          onChange={event => setAt(Number(event.target.value) - 1)}
        />
        <p className="jp-mesh-series-words">
          <span aria-hidden="true">{words}</span>
        </p>
      </div>
    </section>
  );
}

function told(use: DayUse, trans: TranslationBundle): string {
  return [
    day(use.day),
    trans._n('%2 read', '%2 reads', use.reads, count(use.reads)),
    ...(use.reads
      ? [
          trans._n('%2 reader', '%2 readers', use.readers, count(use.readers)),
          trans._n('%2 row', '%2 rows', use.rows, count(use.rows)),
          bytes(use.bytes),
          duration(use.duration_ms, trans)
        ]
      : [])
  ].join(' · ');
}

const DAY_MS = 86_400_000;

/** Each day of the period, the oldest first; days are those of UTC. */
function everyDay(usage: Usage, period: number): DayUse[] {
  const known = new Map(usage.days.map(one => [one.day, one]));
  const begin = Date.parse(usage.since);
  return Array.from({ length: period }, (_, at) => {
    const date = new Date(begin + at * DAY_MS).toISOString().slice(0, 10);
    return (
      known.get(date) ?? {
        day: date,
        reads: 0,
        readers: 0,
        rows: 0,
        bytes: 0,
        duration_ms: 0
      }
    );
  });
}

/** A part of a whole as a short bar behind its number. */
function Share(props: { part: number; most: number }): JSX.Element {
  return (
    <span className="jp-mesh-share">
      <span
        aria-hidden="true"
        style={{ width: `${(100 * props.part) / Math.max(1, props.most)}%` }}
      />
      {count(props.part)}
    </span>
  );
}

function Consumers({ usage }: { usage: Usage }): JSX.Element {
  const { trans, commands } = useEnvironment();
  if (!usage.named) {
    return (
      <p className="jp-mesh-dim">
        {trans.__('Its owner and governance see who reads it.')}
      </p>
    );
  }
  const most = Math.max(...usage.top.map(one => one.reads));
  return (
    <>
      <h3>{trans.__('Who reads it')}</h3>
      <Table label={trans.__('Who reads it')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Consumer')}</th>
            <th scope="col">{trans.__('What for')}</th>
            <th scope="col">{trans.__('Last')}</th>
            <th scope="col" data-number="true">
              {trans.__('Rows')}
            </th>
            <th scope="col" data-number="true">
              {trans.__('Size')}
            </th>
            <th scope="col" data-number="true">
              {trans.__('Reads')}
            </th>
          </tr>
        </thead>
        <tbody>
          {usage.top.map(one => (
            <tr key={`${one.kind} ${one.name}`}>
              <td>
                {one.kind === 'product' ? (
                  <button
                    type="button"
                    className="jp-mesh-link"
                    onClick={() =>
                      void commands.execute(CommandIDs.openProduct, {
                        product: one.name
                      })
                    }
                  >
                    {one.name}
                  </button>
                ) : (
                  one.name
                )}
              </td>
              <td>{one.purposes.join('; ')}</td>
              <td>{day(one.last_day)}</td>
              <td data-number="true">{count(one.rows)}</td>
              <td data-number="true">{bytes(one.bytes)}</td>
              <td data-number="true">
                <Share part={one.reads} most={most} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

function Columns(props: { usage: Usage; detail: ProductDetail }): JSX.Element {
  const { trans } = useEnvironment();
  const { usage, detail } = props;
  const several = detail.port_details.length > 1;
  const called = (port: string, column: string): string =>
    several ? `${port}.${column}` : column;
  const most = Math.max(...usage.columns.map(one => one.reads));
  const whole = new Set(
    usage.columns.filter(one => one.column === null).map(one => one.port)
  );
  const read = new Set(
    usage.columns.flatMap(one =>
      one.column === null ? [] : [called(one.port, one.column)]
    )
  );
  const unread = detail.port_details
    .filter(port => !whole.has(port.name))
    .flatMap(port => port.columns.map(one => called(port.name, one.name)))
    .filter(name => !read.has(name));
  return (
    <>
      <h3>{trans.__('Which columns are read')}</h3>
      <Table label={trans.__('Which columns are read')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Column')}</th>
            <th scope="col">{trans.__('Last')}</th>
            <th scope="col" data-number="true">
              {trans.__('Reads')}
            </th>
          </tr>
        </thead>
        <tbody>
          {usage.columns.map(one => (
            <tr key={`${one.port}.${one.column}`}>
              <td>
                {one.column === null ? (
                  <em>
                    {several
                      ? trans.__('all columns of %1', one.port)
                      : trans.__('all columns')}
                  </em>
                ) : (
                  called(one.port, one.column)
                )}
              </td>
              <td>{day(one.last_day)}</td>
              <td data-number="true">
                <Share part={one.reads} most={most} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {unread.length > 0 && usage.columns.length < MOST_COLUMNS && (
        <p className="jp-mesh-dim">
          {trans.__('Not read by name: %1', unread.join(', '))}
        </p>
      )}
    </>
  );
}

/** Columns that the server names at most; when it names as many, those it does not name may be read too. */
const MOST_COLUMNS = 20;
