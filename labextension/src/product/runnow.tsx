import * as React from 'react';

import type {
  Json,
  ParameterSpec,
  ProductVersion,
  Run,
  Schedule
} from '../api/types';
import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';

/**
 * Ask for a run. What needs no answer runs at once; a product with parameters or slots asks first.
 *
 * Resolves with the run, or null when the person thought better of it.
 */
export async function requestRun(
  environment: IEnvironment,
  name: string
): Promise<Run | null> {
  const { api } = environment.connection;
  const [detail, versions] = await Promise.all([
    api.product(name),
    api.versions(name, 1)
  ]);
  const newest = versions.items[0];
  if (!newest || (!newest.parameters.length && !detail.schedule)) {
    return api.requestRun({ product: name });
  }
  let run: Run | null = null;
  const dialog = new FormDialog({
    title: environment.trans.__('Run %1', name),
    environment,
    body: close => (
      <RunForm
        version={newest}
        schedule={detail.schedule}
        close={close}
        onRun={asked => (run = asked)}
      />
    )
  });
  await dialog.launch();
  return run;
}

function RunForm(props: {
  version: ProductVersion;
  schedule: Schedule | null;
  close: () => void;
  onRun: (run: Run) => void;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  const { version, schedule } = props;
  const [values, setValues] = React.useState<Record<string, string>>({});
  const [slot, setSlot] = React.useState('');
  const submit = async (): Promise<void> => {
    const parameters: Record<string, Json> = {};
    for (const spec of version.parameters) {
      const text = values[spec.name];
      if (text !== undefined && text !== '') {
        parameters[spec.name] = valueOf(text, spec);
      }
    }
    props.onRun(
      await connection.api.requestRun({
        product: version.product,
        parameters,
        slot: slot ? new Date(slot).toISOString() : null
      })
    );
  };
  return (
    <Form submitLabel={trans.__('Run')} close={props.close} submit={submit}>
      {schedule && (
        <Field
          label={trans.__('A moment in the slot to run')}
          help={trans.__(
            'In your own time zone. Without it the run belongs to no slot.'
          )}
        >
          <input
            type="datetime-local"
            className="jp-mod-styled"
            value={slot}
            onChange={event => setSlot(event.target.value)}
          />
        </Field>
      )}
      {version.parameters.map(spec => (
        <Field key={spec.name} label={spec.name} help={spec.help || spec.type}>
          <ParameterInput
            spec={spec}
            value={values[spec.name] ?? ''}
            onChange={value => setValues({ ...values, [spec.name]: value })}
          />
        </Field>
      ))}
    </Form>
  );
}

/** A field that fits the parameter's type; empty means its default. */
function ParameterInput(props: {
  spec: ParameterSpec;
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  const { spec, value, onChange, ...rest } = props;
  const shown = spec.required
    ? ''
    : typeof spec.default === 'string'
      ? spec.default
      : JSON.stringify(spec.default);
  const choices =
    spec.choices ?? (spec.type === 'boolean' ? [true, false] : null);
  if (choices) {
    return (
      <select
        {...rest}
        value={value}
        onChange={event => onChange(event.target.value)}
      >
        {!spec.required && <option value="">{shown}</option>}
        {choices.map(choice => (
          <option key={String(choice)} value={String(choice)}>
            {String(choice)}
          </option>
        ))}
      </select>
    );
  }
  const type =
    { integer: 'number', number: 'number', date: 'date' }[
      spec.type as string
    ] ?? 'text';
  return (
    <input
      {...rest}
      type={type}
      step={spec.type === 'integer' ? 1 : 'any'}
      className="jp-mod-styled"
      required={spec.required}
      placeholder={shown}
      min={spec.minimum ?? undefined}
      max={spec.maximum ?? undefined}
      value={value}
      onChange={event => onChange(event.target.value)}
    />
  );
}

/** What was typed as a value of the parameter's type; the server has the last word. */
function valueOf(text: string, spec: ParameterSpec): Json {
  switch (spec.type) {
    case 'integer':
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'list':
    case 'object':
    case 'any':
      try {
        return JSON.parse(text) as Json;
      } catch {
        return text;
      }
    default:
      return text;
  }
}
