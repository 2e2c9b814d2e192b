import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';

import { isDomain } from '../api/target';
import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';
import { instantOf } from './draft';

/** Ask why and until when nothing of a product, or of a whole domain, runs by schedule. */
export async function openPause(
  environment: IEnvironment,
  target: string
): Promise<void> {
  const { trans } = environment;
  const dialog = new FormDialog({
    title: isDomain(target)
      ? trans.__('Pause all schedules of %1', target)
      : trans.__('Pause the schedule of %1', target),
    environment,
    body: close => <PauseForm target={target} close={close} />
  });
  await dialog.launch();
}

function PauseForm(props: { target: string; close: () => void }): JSX.Element {
  const { trans, connection } = useEnvironment();
  const { target } = props;
  const [reason, setReason] = React.useState('');
  const [until, setUntil] = React.useState('');
  const domain = isDomain(target);
  const submit = async (): Promise<void> => {
    const draft = { reason: reason.trim(), until: instantOf(until) };
    const { notes } = domain
      ? await connection.api.pauseDomain(target, draft)
      : await connection.api.pauseSchedule(target, draft);
    if (notes.length) {
      Notification.info(notes.join(' '), { autoClose: 10_000 });
    }
  };
  return (
    <Form
      submitLabel={trans.__('Pause')}
      close={props.close}
      submit={submit}
      disabled={!reason.trim()}
    >
      <p className="jp-mesh-dim">
        {domain
          ? trans.__(
              'Nothing runs by schedule in it and in the domains below it. What falls due meanwhile is skipped; runs that go on are not touched.'
            )
          : trans.__(
              'What falls due meanwhile is skipped; runs that go on are not touched.'
            )}
      </p>
      <Field label={trans.__('Why? Others will see it.')}>
        <input
          data-autofocus
          className="jp-mod-styled"
          value={reason}
          onChange={event => setReason(event.target.value)}
        />
      </Field>
      <Field
        label={trans.__('Until')}
        help={trans.__(
          'In your own time zone. Empty: until somebody resumes it.'
        )}
      >
        <input
          type="datetime-local"
          className="jp-mod-styled"
          value={until}
          onChange={event => setUntil(event.target.value)}
        />
      </Field>
    </Form>
  );
}
