import * as React from 'react';

import type {
  Json,
  ParameterPreset,
  ParameterSpec,
  ScheduleDraft
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';
import { shortValue } from '../components/format';
import { PresetField } from '../components/preset';
import { instantOf, kindOf, localTime, OWN_ZONE } from './draft';
import type { IScheduled } from './form';
import { Length } from './length';

/** What most schedules need not say. It is open when something of it is said. */
export function More(props: {
  draft: ScheduleDraft;
  of: IScheduled;
  change: (part: Partial<ScheduleDraft>) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { draft, of, change } = props;
  const [open] = React.useState(() => saysMore(draft));
  const own = trans.__('In your own time zone, %1.', OWN_ZONE);
  return (
    <details className="jp-mesh-more" open={open}>
      <summary>{trans.__('More')}</summary>
      <div className="jp-mesh-form">
        {of.parameters.length > 0 && (
          <Parameters of={of} draft={draft} change={change} />
        )}
        <div className="jp-mesh-two">
          <Field label={trans.__('Not before')} help={own}>
            <input
              type="datetime-local"
              className="jp-mod-styled"
              value={localTime(draft.start)}
              onChange={event =>
                change({ start: instantOf(event.target.value) })
              }
            />
          </Field>
          <Field
            label={trans.__('No longer than until')}
            help={trans.__('No slot begins then or later.')}
          >
            <input
              type="datetime-local"
              className="jp-mod-styled"
              value={localTime(draft.end)}
              onChange={event => change({ end: instantOf(event.target.value) })}
            />
          </Field>
        </div>
        {kindOf(draft) === 'after' && (
          <Field label={trans.__('What a run is about')}>
            <select
              value={draft.carry ?? 'union'}
              onChange={event =>
                change({ carry: event.target.value as ScheduleDraft['carry'] })
              }
            >
              <option value="union">
                {trans.__('the time that all new releases cover')}
              </option>
              <option value="last">
                {trans.__('the time of the newest release')}
              </option>
              <option value="each">
                {trans.__('one run for the time of each release')}
              </option>
            </select>
          </Field>
        )}
        <div className="jp-mesh-two">
          <Field
            label={trans.__('After a break')}
            help={trans.__('Slots that fell due while no worker ran.')}
          >
            <select
              value={draft.catch_up ?? 'latest'}
              onChange={event =>
                change({
                  catch_up: event.target.value as ScheduleDraft['catch_up']
                })
              }
            >
              <option value="latest">{trans.__('the latest slot runs')}</option>
              <option value="all">
                {trans.__('every slot runs, in order')}
              </option>
              <option value="skip">{trans.__('none of them runs')}</option>
            </select>
          </Field>
          <Field
            label={trans.__('Too late after')}
            help={
              draft.catch_up === 'skip'
                ? trans.__('Empty: after 5 minutes.')
                : trans.__('Empty: never.')
            }
          >
            <Length
              label={trans.__('Too late after')}
              value={draft.grace ?? ''}
              units={['minute', 'hour', 'day']}
              optional
              onChange={grace => change({ grace })}
            />
          </Field>
        </div>
        <div className="jp-mesh-two">
          <Field label={trans.__('While the run before goes on')}>
            <select
              value={draft.overlap ?? 'queue'}
              onChange={event =>
                change({
                  overlap: event.target.value as ScheduleDraft['overlap']
                })
              }
            >
              <option value="queue">{trans.__('the next one waits')}</option>
              <option value="skip">
                {trans.__('the next one is skipped')}
              </option>
              <option value="cancel">
                {trans.__('the run before is cancelled')}
              </option>
            </select>
          </Field>
          <Field
            label={trans.__('Priority')}
            help={trans.__('0 to 100; the higher, the sooner. Empty: 50.')}
          >
            <input
              type="number"
              className="jp-mod-styled"
              min={0}
              max={100}
              value={draft.priority ?? ''}
              onChange={event =>
                change({
                  priority: event.target.value
                    ? Number(event.target.value)
                    : null
                })
              }
            />
          </Field>
        </div>
      </div>
    </details>
  );
}

/** Values for the notebook; texts may hold the times of the slot. */
function Parameters(props: {
  of: IScheduled;
  draft: ScheduleDraft;
  change: (part: Partial<ScheduleDraft>) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { of, draft, change } = props;
  const given = draft.parameters ?? {};
  const preset = of.presets.find(({ name }) => name === draft.preset);
  return (
    <fieldset className="jp-mesh-choices">
      <legend>{trans.__('Parameters')}</legend>
      <p className="jp-mesh-field-help">
        {trans.__(
          'Empty: the default. The times of the slot are written %1 and %2, with a format like %3.',
          '{slot.start}',
          '{slot.end}',
          '{slot.start:%Y-%m-%d}'
        )}
      </p>
      <PresetField
        presets={of.presets}
        value={draft.preset ?? null}
        onChange={preset => change({ preset })}
      />
      {of.parameters.map(spec => (
        <Field key={spec.name} label={spec.name} help={spec.help || spec.type}>
          <input
            className="jp-mod-styled"
            value={textOf(given[spec.name])}
            placeholder={placeholderOf(spec, preset)}
            required={spec.required && !(spec.name in (preset?.values ?? {}))}
            spellCheck={false}
            onChange={event => {
              const { [spec.name]: _, ...others } = given;
              const text = event.target.value;
              change({
                parameters: text
                  ? { ...others, [spec.name]: valueOf(text, spec) }
                  : others
              });
            }}
          />
        </Field>
      ))}
    </fieldset>
  );
}

/** What holds when nothing is typed: the value of the preset, else the default. */
function placeholderOf(spec: ParameterSpec, preset?: ParameterPreset): string {
  const chosen = preset?.values[spec.name];
  return chosen !== undefined
    ? shortValue(chosen)
    : spec.required
      ? ''
      : shortValue(spec.default);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string'
    ? value
    : value === undefined
      ? ''
      : JSON.stringify(value);
}

/** What was typed: an expression and what is no value of the type stay text, so that the server says what is wrong. */
function valueOf(text: string, spec: ParameterSpec): Json {
  if (
    ['string', 'date', 'timestamp', 'secret'].includes(spec.type) ||
    text.includes('{slot.')
  ) {
    return text;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function saysMore(draft: ScheduleDraft): boolean {
  return Boolean(
    Object.keys(draft.parameters ?? {}).length ||
    draft.preset ||
    draft.start ||
    draft.end ||
    draft.grace ||
    (draft.priority ?? null) !== null ||
    (draft.carry ?? 'union') !== 'union' ||
    (draft.catch_up ?? 'latest') !== 'latest' ||
    (draft.overlap ?? 'queue') !== 'queue'
  );
}
