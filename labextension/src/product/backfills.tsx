import { Button } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Problem } from '../api/problem';
import type { Backfill } from '../api/types';
import { useEnvironment } from '../components/environment';
import { count } from '../components/format';
import { ProblemNote } from '../components/message';
import { useResource } from '../components/resource';
import { askForBackfill } from './backfill';
import type { ProductModel } from './model';

const ENDED = ['skipped', 'succeeded', 'unchanged', 'failed', 'cancelled'];
const POLL_MS = 2_000;

/** Backfills that go on or are held, each with a bar and what can be done, and the way to begin one. */
export function Backfills(props: {
  model: ProductModel;
  visible: boolean;
}): JSX.Element {
  const environment = useEnvironment();
  const { trans, connection } = environment;
  const { model } = props;
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const found = useResource(model.backfills());
  const open = (found.value?.items ?? []).filter(
    one => one.state === 'running' || one.state === 'paused'
  );
  const live = props.visible && open.some(one => one.state === 'running');
  React.useEffect(() => {
    if (!live) {
      return;
    }
    const timer = setInterval(() => {
      void found.load();
      void model.runs.load();
      void model.slots().load();
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [live, found, model]);
  const act = async (action: () => Promise<unknown>): Promise<void> => {
    setProblem(null);
    try {
      await action();
    } catch (error) {
      setProblem(Problem.from(error));
    }
    await Promise.all([found.load(), model.runs.load(), model.slots().load()]);
  };
  const begin = async (): Promise<void> => {
    if (await askForBackfill(environment, model.name)) {
      await act(() => Promise.resolve());
    }
  };
  const because = trans.__('By hand, on the page of the product.');
  return (
    <div className="jp-mesh-backfills">
      {open.map(one => (
        <div key={one.id} className="jp-mesh-backfill" data-state={one.state}>
          <progress
            max={one.total}
            value={endedOf(one)}
            aria-label={trans.__('Slots of the backfill that have ended')}
          />
          <span role="status">{told(one, trans)}</span>
          <Button
            small
            className="jp-mod-styled"
            onClick={() =>
              void act(() =>
                one.state === 'running'
                  ? connection.api.pauseBackfill(one.id, because)
                  : connection.api.resumeBackfill(one.id)
              )
            }
          >
            {one.state === 'running' ? trans.__('Hold') : trans.__('Go on')}
          </Button>
          <Button
            small
            className="jp-mod-styled jp-mod-warn"
            onClick={() =>
              void act(() => connection.api.cancelBackfill(one.id, because))
            }
          >
            {trans.__('End')}
          </Button>
        </div>
      ))}
      {problem && <ProblemNote problem={problem} />}
      <Button small className="jp-mod-styled" onClick={() => void begin()}>
        {trans.__('Backfill…')}
      </Button>
    </div>
  );
}

function endedOf(one: Backfill): number {
  return ENDED.reduce((sum, state) => sum + (one.counts?.[state] ?? 0), 0);
}

function told(one: Backfill, trans: TranslationBundle): string {
  const failed = one.counts?.failed ?? 0;
  const parts = [
    trans.__(
      'Backfill: %1 of %2 slots',
      count(endedOf(one)),
      count(one.total ?? 0)
    )
  ];
  if (failed) {
    parts.push(trans.__('%1 failed', count(failed)));
  }
  if (one.state === 'paused') {
    parts.push(trans.__('held. %1', one.reason ?? ''));
  }
  return parts.join(', ');
}
