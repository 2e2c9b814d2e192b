import * as React from 'react';

import { isAbort, Problem } from '../api/problem';
import type { ScheduleDraft, SchedulePreview } from '../api/types';
import { useEnvironment } from '../components/environment';
import { exact, shortValue } from '../components/format';
import { RelativeTime } from '../components/time';
import { OWN_ZONE } from './draft';

const QUIET_MS = 250;

/** What a schedule would do for a product, asked for when typing rests. */
export function useSchedulePreview(
  draft: ScheduleDraft | null,
  product: string
): { preview: SchedulePreview | null; problem: Problem | null } {
  const { connection } = useEnvironment();
  const [preview, setPreview] = React.useState<SchedulePreview | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const wanted = draft ? JSON.stringify(draft) : '';
  React.useEffect(() => {
    if (!wanted) {
      setPreview(null);
      setProblem(null);
      return;
    }
    const asking = new AbortController();
    const timer = setTimeout(() => {
      connection.api
        .previewSchedule(
          JSON.parse(wanted) as ScheduleDraft,
          product,
          asking.signal
        )
        .then(found => {
          setPreview(found);
          setProblem(null);
        })
        .catch(error => {
          if (!isAbort(error)) {
            setProblem(Problem.from(error));
          }
        });
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [connection, wanted, product]);
  return { preview, problem };
}

/** A schedule in words with its next times, or why there are none. */
export function NextTimes(props: {
  draft: ScheduleDraft;
  preview: SchedulePreview | null;
  problem?: Problem | null;
}): JSX.Element | null {
  const { trans } = useEnvironment();
  const { draft, preview, problem } = props;
  if (problem) {
    return (
      <p className="jp-mesh-field-problem" role="alert">
        {`${problem.message} ${problem.hint}`.trim()}
      </p>
    );
  }
  if (!preview) {
    return null;
  }
  const zone = draft.timezone ?? 'UTC';
  return (
    <div className="jp-mesh-next" role="status">
      <p>{preview.words}</p>
      <ul className="jp-mesh-plain">
        {preview.slots.map(({ at, parameters }) => (
          <li key={at} title={exact(at)}>
            {inZone(at, zone)}
            {zone !== OWN_ZONE && (
              <span className="jp-mesh-dim">
                {' '}
                {trans.__('(%1 for you)', inZone(at, OWN_ZONE))}
              </span>
            )}
            {', '}
            <RelativeTime instant={at} />
            {Object.entries(parameters).map(([name, value]) => (
              <code key={name}>{`${name} = ${shortValue(value)}`}</code>
            ))}
          </li>
        ))}
        {preview.waits_for.map(input => (
          <li key={input.product}>
            {input.newest
              ? trans.__('%1: newest release %2', input.product, input.newest)
              : trans.__('%1: no release yet', input.product)}
            {input.next_fire && (
              <>
                {', '}
                {trans.__('runs next')}{' '}
                <RelativeTime instant={input.next_fire} />
              </>
            )}
          </li>
        ))}
      </ul>
      {!preview.slots.length && !draft.after && (
        <p>{trans.__('It would never run.')}</p>
      )}
      {preview.notes.map(note => (
        <p key={note} className="jp-mesh-dim">
          {note}
        </p>
      ))}
    </div>
  );
}

function inZone(instant: string, zone: string): string {
  return new Date(instant).toLocaleString(undefined, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit'
  });
}
