/** Fields for the parameters of a notebook, from their specification. */

import * as React from 'react';

import type { Json, ParameterSpec } from '../api/types';
import { Field } from './formdialog';

interface IParameterProps {
  spec: ParameterSpec;
  /** What was typed; empty means what holds otherwise. */
  value: string;
  onChange: (value: string) => void;
  /** What holds when nothing is typed; the default of the notebook without it. */
  otherwise?: Json;
}

/** A labelled field that fits the parameter's type, with its help and limits. */
export function ParameterField(props: IParameterProps): JSX.Element {
  const { spec } = props;
  return (
    <Field label={spec.name} help={spec.help || spec.type}>
      <ParameterInput {...props} />
    </Field>
  );
}

function ParameterInput(props: IParameterProps): JSX.Element {
  const { spec, value, onChange, otherwise, ...rest } = props;
  const required = spec.required && otherwise === undefined;
  const shown = required ? '' : textOf(otherwise ?? spec.default);
  const choices =
    spec.choices ?? (spec.type === 'boolean' ? [true, false] : null);
  if (choices) {
    return (
      <select
        {...rest}
        value={value}
        required={required}
        onChange={event => onChange(event.target.value)}
      >
        <option value="">{shown}</option>
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
      required={required}
      placeholder={shown}
      min={spec.minimum ?? undefined}
      max={spec.maximum ?? undefined}
      value={value}
      onChange={event => onChange(event.target.value)}
    />
  );
}

/** A value in words: text as it is, everything else as JSON. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was typed, as values of the types that the specification wants; fields left empty are left out. */
export function valuesOf(
  specs: ParameterSpec[],
  typed: Record<string, string>
): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const spec of specs) {
    const text = typed[spec.name];
    if (text !== undefined && text !== '') {
      values[spec.name] = valueOf(text, spec);
    }
  }
  return values;
}

/** The server has the last word on what fits. */
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
