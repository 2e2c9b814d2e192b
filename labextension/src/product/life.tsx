import * as React from 'react';

import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';
import { Note } from '../components/message';
import { Reason } from './reason';
import type { ILifeProps } from './reason';
import { Rollback } from './rollback';
import { MoveSunset } from './sunset';

export type LifeVerb =
  'rollback' | 'deprecate' | 'reinstate' | 'sunset' | 'rename' | 'retire';

/**
 * Ask for what the verb needs and do it; whether something became of the product.
 *
 * `version` is the one to go back to, or the older major version whose date is moved.
 */
export async function openLife(
  environment: IEnvironment,
  name: string,
  verb: LifeVerb,
  version: string | null = null
): Promise<boolean> {
  const { trans, connection } = environment;
  const goesBack = verb === 'rollback';
  const [detail, releases, versions] = await Promise.all([
    connection.api.product(name),
    goesBack ? connection.api.releases(name, 50) : null,
    goesBack ? connection.api.versions(name, 50) : null
  ]);
  let done = false;
  const titles: Record<LifeVerb, string> = {
    rollback: trans.__('Go back with %1', name),
    deprecate: trans.__('Deprecate %1', name),
    reinstate: trans.__('Reinstate %1', name),
    sunset: trans.__('Until when %1@%2 can be read', name, version ?? ''),
    rename: trans.__('Rename or move %1', name),
    retire: trans.__('Retire %1', name)
  };
  const dialog = new FormDialog({
    title: titles[verb],
    environment,
    body: close => {
      const props = { detail, close, onDone: () => (done = true) };
      switch (verb) {
        case 'rollback':
          return (
            <Rollback
              {...props}
              releases={releases?.items ?? []}
              versions={versions?.items ?? []}
              first={version}
            />
          );
        case 'deprecate':
          return <Deprecate {...props} />;
        case 'reinstate':
          return <Reinstate {...props} />;
        case 'sunset':
          return <MoveSunset {...props} major={Number(version)} />;
        case 'rename':
          return <Rename {...props} />;
        case 'retire':
          return <Retire {...props} />;
      }
    }
  });
  await dialog.launch();
  return done;
}

function Deprecate({ detail, close, onDone }: ILifeProps): JSX.Element {
  const { trans, connection } = useEnvironment();
  const before = detail.sunset;
  const [reason, setReason] = React.useState(before?.reason ?? '');
  const [until, setUntil] = React.useState(before?.until?.slice(0, 10) ?? '');
  const [successor, setSuccessor] = React.useState(before?.successor ?? '');
  return (
    <Form
      submitLabel={trans.__('Deprecate')}
      close={close}
      submit={async () => {
        await connection.api.deprecate(
          detail.full_name,
          {
            reason,
            until: until ? `${until}T00:00:00Z` : null,
            successor: successor.trim() || null
          },
          detail.revision
        );
        onDone();
      }}
    >
      <p>
        {trans.__(
          'Whoever reads it is warned and told. It can be taken back before the date.'
        )}
      </p>
      <Reason value={reason} onChange={setReason} />
      <Field
        label={trans.__('Until when can it be read?')}
        help={trans.__(
          'From then on, 0:00 UTC, reading is refused. Without a date it only warns.'
        )}
      >
        <input
          type="date"
          className="jp-mod-styled"
          value={until}
          onChange={event => setUntil(event.target.value)}
        />
      </Field>
      <Field
        label={trans.__('What to read instead')}
        help={trans.__('domain.product; may stay empty.')}
      >
        <input
          className="jp-mod-styled"
          value={successor}
          onChange={event => setSuccessor(event.target.value)}
        />
      </Field>
    </Form>
  );
}

function Reinstate({ detail, close, onDone }: ILifeProps): JSX.Element {
  const { trans, connection } = useEnvironment();
  const [reason, setReason] = React.useState('');
  return (
    <Form
      submitLabel={trans.__('Reinstate')}
      close={close}
      submit={async () => {
        await connection.api.reinstate(
          detail.full_name,
          reason,
          detail.revision
        );
        onDone();
      }}
    >
      <p>{trans.__('It is active again, and whoever reads it is told.')}</p>
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}

function Rename({ detail, close, onDone }: ILifeProps): JSX.Element {
  const { trans, connection, commands } = useEnvironment();
  const [to, setTo] = React.useState(detail.full_name);
  const [reason, setReason] = React.useState('');
  return (
    <Form
      submitLabel={trans.__('Rename')}
      close={close}
      disabled={to.trim() === detail.full_name}
      submit={async () => {
        const renamed = await connection.api.rename(
          detail.full_name,
          { to: to.trim(), reason },
          detail.revision
        );
        onDone();
        void commands.execute(CommandIDs.openProduct, {
          product: renamed.full_name
        });
      }}
    >
      <p>
        {trans.__(
          'Its versions, releases, schedule and grants go along. The old name leads to it, with a warning, until another product takes it.'
        )}
      </p>
      <Field
        label={trans.__('New name')}
        help={trans.__(
          'domain.product. In another domain, its owners must agree: you need to be one.'
        )}
      >
        <input
          className="jp-mod-styled"
          value={to}
          required
          onChange={event => setTo(event.target.value)}
        />
      </Field>
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}

function Retire({ detail, close, onDone }: ILifeProps): JSX.Element {
  const { trans, connection } = useEnvironment();
  const [reason, setReason] = React.useState('');
  const [force, setForce] = React.useState(false);
  const read = detail.consumers.length > 0;
  return (
    <Form
      submitLabel={trans.__('Retire')}
      close={close}
      disabled={read && !force}
      submit={async () => {
        await connection.api.retire(
          detail.full_name,
          { reason, force },
          detail.revision
        );
        onDone();
      }}
    >
      <p>
        {trans.__(
          'It can no longer be read, its schedule is removed, and runs that wait are cancelled. Its data stay.'
        )}
      </p>
      {detail.readers > 0 && (
        <Note level="warning">
          {trans._n(
            '%1 person read it in the last 30 days.',
            '%1 people read it in the last 30 days.',
            detail.readers
          )}
        </Note>
      )}
      {read && (
        <>
          <Note level="warning">
            {trans.__(
              'These products read it: %1. Deprecate it with a date first.',
              detail.consumers.join(', ')
            )}
          </Note>
          <label className="jp-mesh-choice">
            <input
              type="checkbox"
              checked={force}
              onChange={event => setForce(event.target.checked)}
            />
            {trans.__('Retire it all the same; owners may')}
          </label>
        </>
      )}
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}
