import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Json, ParameterPreset, ParameterSpec } from '../api/types';
import { useEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';
import { ParameterField, textOf, valuesOf } from '../components/parameters';
import type { PromoteModel } from './model';

/** Named values for the parameters: those that the notebook has, and a form for one more. */
export function Presets(props: {
  model: PromoteModel;
  parameters: ParameterSpec[];
  presets: ParameterPreset[];
}): JSX.Element {
  const { trans } = useEnvironment();
  const { model, presets } = props;
  const [adding, setAdding] = React.useState(false);
  const keep = (changed: ParameterPreset[]): void => {
    const value: Record<string, Json> = {};
    for (const { name, values } of changed) {
      value[name] = values;
    }
    void model.fix({
      label: '',
      edits: [
        {
          kind: 'set_metadata',
          name: 'presets',
          value: changed.length ? value : null
        }
      ]
    });
  };
  return (
    <section aria-label={trans.__('Presets')}>
      <h4>{trans.__('Presets')}</h4>
      <p className="jp-mesh-dim">
        {trans.__(
          'Values that belong together, under one name to run with. They are kept in the notebook.'
        )}
      </p>
      {presets.length > 0 && (
        <ul className="jp-mesh-presets">
          {presets.map(preset => (
            <li key={preset.name}>
              <strong>{preset.name}</strong>{' '}
              <span className="jp-mesh-mono">
                {Object.entries(preset.values)
                  .map(([name, value]) => `${name} = ${textOf(value)}`)
                  .join(', ')}
              </span>{' '}
              <Button
                small
                minimal
                disabled={model.planning}
                aria-label={trans.__('Remove the preset %1', preset.name)}
                onClick={() => keep(presets.filter(one => one !== preset))}
              >
                {trans.__('Remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {adding ? (
        <NewPreset
          parameters={props.parameters}
          add={preset => {
            keep([...presets.filter(one => one.name !== preset.name), preset]);
            setAdding(false);
          }}
        />
      ) : (
        <Button
          small
          className="jp-mod-styled"
          disabled={model.planning}
          onClick={() => setAdding(true)}
        >
          {trans.__('Add a preset')}
        </Button>
      )}
    </section>
  );
}

function NewPreset(props: {
  parameters: ParameterSpec[];
  add: (preset: ParameterPreset) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const [name, setName] = React.useState('');
  const [typed, setTyped] = React.useState<Record<string, string>>({});
  const values = valuesOf(props.parameters, typed);
  return (
    <div className="jp-mesh-new-preset">
      <Field label={trans.__('Name of the preset')}>
        <input
          className="jp-mod-styled"
          value={name}
          onChange={event => setName(event.target.value)}
        />
      </Field>
      {props.parameters.map(spec => (
        <ParameterField
          key={spec.name}
          spec={{ ...spec, required: false }}
          value={typed[spec.name] ?? ''}
          onChange={value => setTyped({ ...typed, [spec.name]: value })}
        />
      ))}
      <Button
        small
        className="jp-mod-styled jp-mod-accept"
        disabled={!name.trim() || !Object.keys(values).length}
        onClick={() => props.add({ name: name.trim(), values })}
      >
        {trans.__('Add')}
      </Button>
    </div>
  );
}
