import * as React from 'react';

import type { ProductVersion, Run, Schedule } from '../api/types';
import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';
import { ParameterField, valuesOf } from '../components/parameters';
import { PresetField } from '../components/preset';

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
  const [preset, setPreset] = React.useState<string | null>(null);
  const chosen = version.presets.find(one => one.name === preset);
  const submit = async (): Promise<void> => {
    props.onRun(
      await connection.api.requestRun({
        product: version.product,
        parameters: valuesOf(version.parameters, values),
        preset,
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
      <PresetField
        presets={version.presets}
        value={preset}
        onChange={setPreset}
      />
      {version.parameters.map(spec => (
        <ParameterField
          key={spec.name}
          spec={spec}
          otherwise={chosen?.values[spec.name]}
          value={values[spec.name] ?? ''}
          onChange={value => setValues({ ...values, [spec.name]: value })}
        />
      ))}
    </Form>
  );
}
