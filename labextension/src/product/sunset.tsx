import * as React from 'react';

import { useEnvironment } from '../components/environment';
import { Field, Form } from '../components/formdialog';
import { Reason } from './reason';
import type { ILifeProps } from './reason';

const DAY_MS = 86_400_000;

/** Let an older major version be read until another date. */
export function MoveSunset({
  detail,
  major,
  close,
  onDone
}: ILifeProps & { major: number }): JSX.Element {
  const { trans, connection } = useEnvironment();
  const before =
    detail.majors.find(one => one.major === major)?.until?.slice(0, 10) ?? '';
  const [until, setUntil] = React.useState(before);
  const [reason, setReason] = React.useState('');
  const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
  return (
    <Form
      submitLabel={trans.__('Move the date')}
      close={close}
      disabled={until === before}
      submit={async () => {
        await connection.api.moveSunset(
          detail.full_name,
          major,
          { until: `${until}T00:00:00Z`, reason },
          detail.revision
        );
        onDone();
      }}
    >
      <p>
        {trans.__(
          'Version %1 goes on beside %2, and so does its schedule, if it has one. Whoever reads it is told of the new date.',
          String(major),
          detail.version ?? ''
        )}
      </p>
      <Field
        label={trans.__('Until when can it be read?')}
        help={trans.__(
          'From then on, 0:00 UTC, reading it is refused; that cannot be taken back.'
        )}
      >
        <input
          type="date"
          className="jp-mod-styled"
          value={until}
          min={tomorrow}
          required
          onChange={event => setUntil(event.target.value)}
        />
      </Field>
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}
