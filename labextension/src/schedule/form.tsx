import * as React from 'react';

import type {
  ParameterPreset,
  ParameterSpec,
  ScheduleDraft
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';
import { asKind, kindOf } from './draft';
import type { Kind } from './draft';
import { Length } from './length';
import { More } from './more';

/** What a form of a schedule knows of the product that it is for. */
export interface IScheduled {
  parameters: ParameterSpec[];
  presets: ParameterPreset[];
  /** Names of what it reads. */
  inputs: string[];
}

/** When a product runs by itself: the kinds first with what is usual, everything else below. */
export function ScheduleForm(props: {
  draft: ScheduleDraft | null;
  of: IScheduled;
  /** What it means when there is none. */
  none: string;
  onChange: (draft: ScheduleDraft | null) => void;
  children?: React.ReactNode;
}): JSX.Element {
  const { trans } = useEnvironment();
  const group = React.useId();
  const { draft, of, onChange } = props;
  const kind = draft && kindOf(draft);
  const change = (part: Partial<ScheduleDraft>): void =>
    onChange({ ...draft, ...part });
  const labels: Record<Kind, string> = {
    cron: trans.__('At certain times'),
    every: trans.__('Every so often'),
    after: trans.__('After new data of what it reads')
  };
  return (
    <fieldset className="jp-mesh-plain-fieldset jp-mesh-schedule">
      <legend className="jp-mesh-hidden">{trans.__('Schedule')}</legend>
      <label className="jp-mesh-choice">
        <input
          type="radio"
          name={group}
          checked={!draft}
          onChange={() => onChange(null)}
        />
        {props.none}
      </label>
      {(Object.keys(labels) as Kind[]).map(one => {
        const impossible = one === 'after' && !of.inputs.length;
        return (
          <React.Fragment key={one}>
            <label
              className={
                impossible ? 'jp-mesh-choice jp-mesh-dim' : 'jp-mesh-choice'
              }
            >
              <input
                type="radio"
                name={group}
                checked={kind === one}
                disabled={impossible && kind !== one}
                onChange={() => onChange(asKind(draft, one))}
              />
              {labels[one]}
              {impossible && ` (${trans.__('it reads no product')})`}
            </label>
            {draft && kind === one && (
              <div className="jp-mesh-indent">
                {one === 'cron' && <Times draft={draft} change={change} />}
                {one === 'every' && <Interval draft={draft} change={change} />}
                {one === 'after' && (
                  <Inputs draft={draft} of={of} change={change} />
                )}
                {props.children}
                <More draft={draft} of={of} change={change} />
              </div>
            )}
          </React.Fragment>
        );
      })}
    </fieldset>
  );
}

interface IPart {
  draft: ScheduleDraft;
  change: (part: Partial<ScheduleDraft>) => void;
}

function Times({ draft, change }: IPart): JSX.Element {
  const { trans } = useEnvironment();
  const presets: [string, string][] = [
    [trans.__('every day at 06:00'), '0 6 * * *'],
    [trans.__('Monday to Friday at 06:00'), '0 6 * * 1-5'],
    [trans.__('every hour'), '0 * * * *'],
    [trans.__('every Monday at 06:00'), '0 6 * * 1'],
    [trans.__('on the first of each month'), '0 0 1 * *']
  ];
  return (
    <>
      <Presets
        presets={presets}
        chosen={draft.cron ?? ''}
        choose={cron => change({ cron })}
      />
      <div className="jp-mesh-two">
        <Field
          label={trans.__('Cron fields')}
          help={trans.__('Minute, hour, day of month, month, day of week.')}
        >
          <input
            className="jp-mod-styled jp-mesh-mono"
            value={draft.cron ?? ''}
            spellCheck={false}
            onChange={event => change({ cron: event.target.value })}
          />
        </Field>
        <Zone draft={draft} change={change} />
      </div>
    </>
  );
}

function Interval({ draft, change }: IPart): JSX.Element {
  const { trans } = useEnvironment();
  const presets: [string, string][] = [
    [trans.__('every 15 minutes'), 'PT15M'],
    [trans.__('every hour'), 'PT1H'],
    [trans.__('every day'), 'P1D'],
    [trans.__('every week'), 'P1W']
  ];
  return (
    <>
      <Presets
        presets={presets}
        chosen={draft.every ?? ''}
        choose={every => change({ every })}
      />
      <div className="jp-mesh-two">
        <Field
          label={trans.__('Every')}
          help={trans.__('Counted from its start, else from midnight.')}
        >
          <Length
            label={trans.__('Every')}
            value={draft.every ?? ''}
            units={['minute', 'hour', 'day', 'week', 'month']}
            onChange={every => every && change({ every })}
          />
        </Field>
        <Zone draft={draft} change={change} />
      </div>
    </>
  );
}

function Inputs({
  draft,
  of,
  change
}: IPart & { of: IScheduled }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <>
      <p className="jp-mesh-dim">{of.inputs.join(', ')}</p>
      <div className="jp-mesh-two">
        <Field label={trans.__('It runs when')}>
          <select
            value={draft.after ?? 'any'}
            onChange={event =>
              change({ after: event.target.value as 'any' | 'all' })
            }
          >
            <option value="any">{trans.__('any of them has new data')}</option>
            <option value="all">{trans.__('each of them has new data')}</option>
          </select>
        </Field>
        <Field
          label={trans.__('And no more came for')}
          help={trans.__(
            'Empty: it runs at once. It waits ten times that at most.'
          )}
        >
          <Length
            label={trans.__('And no more came for')}
            value={draft.debounce ?? ''}
            units={['minute', 'hour']}
            optional
            onChange={debounce => change({ debounce })}
          />
        </Field>
      </div>
    </>
  );
}

function Presets(props: {
  presets: [string, string][];
  chosen: string;
  choose: (value: string) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <div
      className="jp-mesh-actions jp-mesh-presets"
      role="group"
      aria-label={trans.__('Usual schedules')}
    >
      {props.presets.map(([label, value]) => (
        <button
          key={value}
          type="button"
          className="jp-mesh-chip"
          aria-pressed={props.chosen === value}
          onClick={() => props.choose(value)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function Zone({ draft, change }: IPart): JSX.Element {
  const { trans } = useEnvironment();
  const zones = React.useId();
  return (
    <>
      <Field label={trans.__('Time zone')}>
        <input
          className="jp-mod-styled"
          list={zones}
          value={draft.timezone ?? 'UTC'}
          spellCheck={false}
          onChange={event => change({ timezone: event.target.value })}
        />
      </Field>
      <datalist id={zones}>
        {Intl.supportedValuesOf('timeZone').map(zone => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
