import * as React from 'react';

import { useEnvironment } from '../components/environment';
import { lengthOf, lengthText } from './draft';
import type { Unit } from './draft';

/** A length of time: a number and a unit, or its text where it takes several units. */
export function Length(props: {
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
  label: string;
  value: string;
  units: Unit[];
  /** Whether there may be none. */
  optional?: boolean;
  onChange: (value: string | null) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { value, units, onChange, label, optional, ...field } = props;
  const length = value ? lengthOf(value) : null;
  const [unit, setUnit] = React.useState<Unit>(length?.[1] ?? units[0]);
  const words: Record<Unit, string> = {
    minute: trans.__('minutes'),
    hour: trans.__('hours'),
    day: trans.__('days'),
    week: trans.__('weeks'),
    month: trans.__('months')
  };
  if (value && !length) {
    return (
      <input
        {...field}
        className="jp-mod-styled jp-mesh-mono"
        value={value}
        spellCheck={false}
        onChange={event => onChange(event.target.value || null)}
      />
    );
  }
  const shown = length?.[1] ?? unit;
  return (
    <span className="jp-mesh-length">
      <input
        {...field}
        type="number"
        className="jp-mod-styled"
        min={1}
        step={1}
        required={!optional}
        value={length?.[0] ?? ''}
        onChange={event => {
          const number = Math.floor(Number(event.target.value));
          if (number > 0) {
            onChange(lengthText(number, shown));
          } else if (optional) {
            onChange(null);
          }
        }}
      />
      <select
        aria-label={trans.__('Unit of: %1', label)}
        value={shown}
        onChange={event => {
          const chosen = event.target.value as Unit;
          setUnit(chosen);
          if (length) {
            onChange(lengthText(length[0], chosen));
          }
        }}
      >
        {[...new Set([...units, shown])].map(one => (
          <option key={one} value={one}>
            {words[one]}
          </option>
        ))}
      </select>
    </span>
  );
}
