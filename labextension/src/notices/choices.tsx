import * as React from 'react';

/** Boxes to tick, any number of them. */
export function Choices<Value extends string>(props: {
  legend: string;
  options: [Value, string][];
  chosen: Value[];
  onChange: (chosen: Value[]) => void;
}): JSX.Element {
  const { chosen } = props;
  return (
    <fieldset className="jp-mesh-choices">
      <legend>{props.legend}</legend>
      {props.options.map(([value, label]) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={event =>
              props.onChange(
                event.target.checked
                  ? [...chosen, value]
                  : chosen.filter(other => other !== value)
              )
            }
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
