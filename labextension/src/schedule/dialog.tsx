import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';

import type { ProductVersion, Schedule, ScheduleDraft } from '../api/types';
import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Form, FormDialog } from '../components/formdialog';
import { draftOf } from './draft';
import { ScheduleForm } from './form';
import { NextTimes, useSchedulePreview } from './preview';

/** Ask when a product runs by itself, and see to it. */
export async function openSchedule(
  environment: IEnvironment,
  product: string
): Promise<void> {
  const { trans, connection } = environment;
  const [detail, versions] = await Promise.all([
    connection.api.product(product),
    connection.api.versions(product, 1)
  ]);
  const version = versions.items[0];
  if (!version) {
    Notification.warning(
      trans.__(
        '%1 has no version yet. Promote a notebook to it first.',
        product
      ),
      { autoClose: 10_000 }
    );
    return;
  }
  const dialog = new FormDialog({
    title: trans.__('Schedule of %1', product),
    environment,
    className: 'jp-mesh-wide',
    body: close => (
      <SetSchedule
        product={product}
        schedule={detail.schedule}
        version={version}
        close={close}
      />
    )
  });
  await dialog.launch();
}

function SetSchedule(props: {
  product: string;
  schedule: Schedule | null;
  version: ProductVersion;
  close: () => void;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  const { product, schedule, version } = props;
  const [before] = React.useState(() => schedule && draftOf(schedule));
  const [draft, setDraft] = React.useState<ScheduleDraft | null>(before);
  const { preview, problem } = useSchedulePreview(draft, product);
  const submit = async (): Promise<void> => {
    const revision = schedule?.revision ?? null;
    if (draft) {
      tell(await connection.api.setSchedule(product, draft, revision));
    } else if (schedule) {
      tell(await connection.api.removeSchedule(product, schedule.revision));
    }
  };
  return (
    <Form
      submitLabel={
        draft || !schedule ? trans.__('Save') : trans.__('Remove the schedule')
      }
      close={props.close}
      submit={submit}
      disabled={
        Boolean(problem) || JSON.stringify(draft) === JSON.stringify(before)
      }
    >
      <ScheduleForm
        draft={draft}
        of={{
          parameters: version.parameters,
          presets: version.presets,
          inputs: [...new Set(version.inputs.map(input => input.port))]
        }}
        none={trans.__('It runs when somebody asks for it')}
        onChange={setDraft}
      >
        {draft && (
          <NextTimes draft={draft} preview={preview} problem={problem} />
        )}
      </ScheduleForm>
      {!draft && schedule && (
        <p role="status">
          {trans.__(
            'Slots that wait are skipped. Runs that wait or go on are not touched.'
          )}
        </p>
      )}
    </Form>
  );
}

/** What became of slots that were due, in the server's words. */
function tell(changed: Schedule): void {
  if (changed.notes.length) {
    Notification.info(changed.notes.join(' '), { autoClose: 10_000 });
  }
}
