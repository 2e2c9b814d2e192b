import * as React from 'react';

import type { ParameterPreset } from '../api/types';
import { useEnvironment } from './environment';
import { Field } from './formdialog';

/** Choose one of the presets; nothing where there are none. One that is gone stays visible, so that it can be changed. */
export function PresetField(props: {
  presets: ParameterPreset[];
  value: string | null;
  onChange: (name: string | null) => void;
}): JSX.Element | null {
  const { trans } = useEnvironment();
  const { presets, value, onChange } = props;
  const names = presets.map(({ name }) => name);
  const gone = value !== null && !names.includes(value);
  if (!names.length && !gone) {
    return null;
  }
  return (
    <Field
      label={trans.__('Preset')}
      help={trans.__('What you fill in below counts more.')}
    >
      <select
        value={value ?? ''}
        onChange={event => onChange(event.target.value || null)}
      >
        <option value="">{trans.__('None')}</option>
        {names.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {gone && (
          <option value={value}>{trans.__('%1 (it is gone)', value)}</option>
        )}
      </select>
    </Field>
  );
}
