import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Run } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { count, duration } from '../components/format';
import { Loaded } from '../components/loaded';
import { Empty } from '../components/message';
import { useResource } from '../components/resource';
import { RelativeTime } from '../components/time';
import { Backfills } from './backfills';
import type { ProductModel } from './model';
import { RunView } from './run';
import { Series } from './series';
import { SlotName } from './slot';
import { Slots } from './slots';
import { StateMark } from './steps';
import { triggerWord } from './words';

/** All runs as a table; one of them opened. */
export function Runs({
  model,
  visible
}: {
  model: ProductModel;
  visible: boolean;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const runs = useResource(model.runs);
  const live = (runs.value?.items ?? [])
    .filter(run => run.finished === null)
    .map(run => run.id)
    .join();
  React.useEffect(() => {
    if (!visible) {
      return;
    }
    const watching = model.watchRuns();
    return () => watching.dispose();
  }, [model, visible, live]);
  if (model.openRun) {
    return (
      <>
        <Button
          small
          className="jp-mod-styled"
          onClick={() => model.select('runs')}
        >
          {trans.__('All runs')}
        </Button>
        <RunView
          key={model.openRun}
          resource={model.run(model.openRun)}
          model={model}
          visible={visible}
        />
      </>
    );
  }
  return (
    <Loaded resource={model.runs} lines={6}>
      {page =>
        page.items.length ? (
          <>
            <Slots model={model} />
            <Backfills model={model} visible={visible} />
            <Series runs={page.items} open={id => model.select('runs', id)} />
            <RunsTable
              runs={page.items}
              open={id => model.select('runs', id)}
            />
          </>
        ) : (
          <Empty text={trans.__('It never ran.')}>
            <Button
              className="jp-mod-styled jp-mod-accept"
              onClick={() =>
                void commands.execute(CommandIDs.runProduct, {
                  product: model.name
                })
              }
            >
              {trans.__('Run now')}
            </Button>
          </Empty>
        )
      }
    </Loaded>
  );
}

function RunsTable(props: {
  runs: Run[];
  open: (id: string) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <table className="jp-mesh-table jp-mesh-runs">
      <thead>
        <tr>
          <th scope="col">{trans.__('State')}</th>
          <th scope="col">{trans.__('Started')}</th>
          <th scope="col">{trans.__('Slot')}</th>
          <th scope="col">{trans.__('Version')}</th>
          <th scope="col">{trans.__('Trigger')}</th>
          <th scope="col" data-number="true">
            {trans.__('Rows')}
          </th>
          <th scope="col" data-number="true">
            {trans.__('Took')}
          </th>
          <th scope="col" data-number="true">
            {trans.__('Release')}
          </th>
        </tr>
      </thead>
      <tbody>
        {props.runs.map(run => (
          <tr
            key={run.id}
            data-run={run.id}
            onClick={() => props.open(run.id)}
            className="jp-mesh-clickable"
          >
            <td>
              <button
                type="button"
                className="jp-mesh-link"
                onClick={() => props.open(run.id)}
              >
                <StateMark run={run} />
              </button>
              {run.failure && (
                <div className="jp-mesh-dim jp-mesh-one-line">
                  {run.failure.message}
                </div>
              )}
            </td>
            <td>
              <RelativeTime instant={run.started ?? run.created} />
            </td>
            <td>{run.slot ? <SlotName slot={run.slot} /> : ''}</td>
            <td>{run.version}</td>
            <td>{triggerWord(run.trigger, trans)}</td>
            <td data-number="true">{rowsOf(run)}</td>
            <td data-number="true">{tookOf(run, duration, trans)}</td>
            <td data-number="true">{run.release ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function rowsOf(run: Run): string {
  const numbers = Object.values(run.rows);
  return numbers.length
    ? count(numbers.reduce((sum, rows) => sum + rows, 0))
    : '';
}

function tookOf(
  run: Run,
  format: typeof duration,
  trans: Parameters<typeof duration>[1]
): string {
  return run.started && run.finished
    ? format(
        new Date(run.finished).getTime() - new Date(run.started).getTime(),
        trans
      )
    : '';
}
