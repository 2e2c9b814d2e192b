import * as React from 'react';

import type { ProductDetail } from '../api/types';
import { useEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';

/** What each form of the later life of a product gets. */
export interface ILifeProps {
  detail: ProductDetail;
  close: () => void;
  onDone: () => void;
}

/** Why it is done: every transition is asked that. */
export function Reason(props: {
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <Field
      label={trans.__('Why?')}
      help={trans.__('Consumers see it, and the audit trail keeps it.')}
    >
      <input
        className="jp-mod-styled"
        value={props.value}
        required
        maxLength={2000}
        onChange={event => props.onChange(event.target.value)}
      />
    </Field>
  );
}
