import * as React from 'react';

import { isAbort, Problem } from '../api/problem';
import type { ScheduleDraft, SchedulePreview } from '../api/types';
import { useEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';
import { exact } from '../components/format';
import type { PromoteModel } from './model';

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
const QUIET_MS = 250;

/** When it runs by itself: never, or by cron fields in a zone, with the next three times. */
export function ScheduleStep({ model }: { model: PromoteModel }): JSX.Element {
  const { trans } = useEnvironment();
  const { schedule } = model.draft;
  const set = (change: Partial<ScheduleDraft>): void =>
    model.edit({
      schedule: {
        ...(schedule ?? { cron: '0 6 * * *', timezone: OWN_ZONE }),
        ...change
      }
    });
  const presets: [string, string][] = [
    [trans.__('every day at 06:00'), '0 6 * * *'],
    [trans.__('every hour'), '0 * * * *'],
    [trans.__('every Monday at 06:00'), '0 6 * * 1'],
    [trans.__('on the first of each month'), '0 0 1 * *']
  ];
  return (
    <fieldset className="jp-mesh-plain-fieldset">
      <legend className="jp-mesh-hidden">{trans.__('Schedule')}</legend>
      <label className="jp-mesh-choice">
        <input
          type="radio"
          name="mesh-schedule"
          checked={schedule === null}
          onChange={() => model.edit({ schedule: null })}
        />
        {trans.__('It runs when somebody asks for it')}
      </label>
      <label className="jp-mesh-choice">
        <input
          type="radio"
          name="mesh-schedule"
          checked={schedule !== null}
          onChange={() => set({})}
        />
        {trans.__('It runs by a schedule')}
      </label>
      {schedule && (
        <div className="jp-mesh-indent">
          <div
            className="jp-mesh-actions"
            role="group"
            aria-label={trans.__('Usual schedules')}
          >
            {presets.map(([label, cron]) => (
              <button
                key={cron}
                type="button"
                className="jp-mesh-chip"
                aria-pressed={schedule.cron === cron}
                onClick={() => set({ cron })}
              >
                {label}
              </button>
            ))}
          </div>
          <Field
            label={trans.__('Cron fields')}
            help={trans.__('Minute, hour, day of month, month, day of week.')}
          >
            <input
              className="jp-mod-styled jp-mesh-mono"
              value={schedule.cron ?? ''}
              spellCheck={false}
              onChange={event => set({ cron: event.target.value })}
            />
          </Field>
          <Field label={trans.__('Time zone')}>
            <input
              className="jp-mod-styled"
              list="jp-mesh-zones"
              value={schedule.timezone ?? 'UTC'}
              onChange={event => set({ timezone: event.target.value })}
            />
          </Field>
          <datalist id="jp-mesh-zones">
            {Intl.supportedValuesOf('timeZone').map(zone => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <NextTimes schedule={schedule} />
        </div>
      )}
    </fieldset>
  );
}

/** The schedule in words with the next three times, or why there are none. */
export function NextTimes({
  schedule
}: {
  schedule: ScheduleDraft;
}): JSX.Element | null {
  const { trans, connection } = useEnvironment();
  const [preview, setPreview] = React.useState<SchedulePreview | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const wanted = JSON.stringify(schedule);
  React.useEffect(() => {
    const asking = new AbortController();
    const timer = setTimeout(() => {
      connection.api
        .previewSchedule(JSON.parse(wanted) as ScheduleDraft, asking.signal)
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
  }, [connection, wanted]);
  if (problem) {
    return (
      <p className="jp-mesh-field-problem" role="alert">
        {`${problem.message} ${problem.hint}`}
      </p>
    );
  }
  if (!preview) {
    return null;
  }
  const inZone = (time: string): string => {
    const options = {
      timeZone: schedule.timezone ?? 'UTC',
      dateStyle: 'full',
      timeStyle: 'short'
    } as const;
    return new Date(time).toLocaleString(undefined, options);
  };
  return (
    <div role="status">
      <p className="jp-mesh-dim">{preview.words}</p>
      <ul className="jp-mesh-plain">
        {preview.items.map(time => (
          <li key={time} title={exact(time)}>
            {inZone(time)}
          </li>
        ))}
      </ul>
      {!preview.items.length && <p>{trans.__('It would never run.')}</p>}
    </div>
  );
}
