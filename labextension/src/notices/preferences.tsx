import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Problem } from '../api/problem';
import type {
  Address,
  Channel,
  NoticeKind,
  Preferences,
  PreferencesDraft
} from '../api/types';
import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';
import { ProblemNote } from '../components/message';
import { Choices } from './choices';
import { channelWord, KINDS, when } from './words';

/** Ask how to be told, and store it. */
export async function openPreferences(
  environment: IEnvironment
): Promise<void> {
  const { api } = environment.connection;
  const [preferences, channels] = await Promise.all([
    api.preferences(),
    api.channels()
  ]);
  const dialog = new FormDialog({
    title: environment.trans.__('How you are told'),
    environment,
    body: close => (
      <How preferences={preferences} channels={channels.items} close={close} />
    )
  });
  await dialog.launch();
}

function How(props: {
  preferences: Preferences;
  channels: Channel[];
  close: () => void;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  const { preferences } = props;
  const [addresses, setAddresses] = React.useState<Record<string, Address>>(
    preferences.addresses
  );
  const [zone, setZone] = React.useState(
    preferences.revision
      ? preferences.timezone
      : Intl.DateTimeFormat().resolvedOptions().timeZone
  );
  const [start, setStart] = React.useState(preferences.quiet?.start ?? '');
  const [end, setEnd] = React.useState(preferences.quiet?.end ?? '');
  const [urgent, setUrgent] = React.useState<NoticeKind[]>(preferences.urgent);
  const submit = async (): Promise<void> => {
    const draft: PreferencesDraft = {
      addresses: Object.fromEntries(
        Object.entries(addresses).filter(([, address]) => address.to.trim())
      ),
      timezone: zone.trim(),
      quiet: start && end ? { start, end } : null,
      urgent
    };
    await connection.api.setPreferences(draft, preferences.revision);
  };
  return (
    <Form
      submitLabel={trans.__('Save')}
      close={props.close}
      submit={submit}
      disabled={Boolean(start) !== Boolean(end)}
    >
      <p className="jp-mesh-dim">
        {trans.__(
          'Everything you are told stands in the sidebar. Where else shall it go?'
        )}
      </p>
      {props.channels.map(channel => (
        <Reach
          key={channel.name}
          channel={channel}
          address={addresses[channel.name] ?? { to: '', secret: '' }}
          saved={preferences.addresses[channel.name]}
          onChange={address =>
            setAddresses({ ...addresses, [channel.name]: address })
          }
        />
      ))}
      <div className="jp-mesh-field-row">
        <Field label={trans.__('Quiet from')}>
          <input
            type="time"
            className="jp-mod-styled"
            value={start}
            onChange={event => setStart(event.target.value)}
          />
        </Field>
        <Field label={trans.__('until')}>
          <input
            type="time"
            className="jp-mod-styled"
            value={end}
            onChange={event => setEnd(event.target.value)}
          />
        </Field>
        <Field label={trans.__('Time zone')}>
          <input
            className="jp-mod-styled"
            value={zone}
            spellCheck={false}
            onChange={event => setZone(event.target.value)}
          />
        </Field>
      </div>
      {start && end && (
        <Choices
          legend={trans.__('Not to wait for the end of quiet hours')}
          options={KINDS.map(kind => [kind, when(kind, trans)])}
          chosen={urgent}
          onChange={setUrgent}
        />
      )}
    </Form>
  );
}

/** The address of one channel, and a way to find out whether it works. */
function Reach(props: {
  channel: Channel;
  address: Address;
  saved: Address | undefined;
  onChange: (address: Address) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { channel, address, saved } = props;
  const changed =
    address.to !== (saved?.to ?? '') ||
    address.secret !== (saved?.secret ?? '');
  return (
    <div className="jp-mesh-reach">
      <Field
        label={channelWord(channel.name, trans)}
        help={channel.description}
      >
        <input
          className="jp-mod-styled"
          value={address.to}
          placeholder={EXAMPLES[channel.name] ?? ''}
          spellCheck={false}
          onChange={event =>
            props.onChange({ ...address, to: event.target.value })
          }
        />
      </Field>
      {channel.name === 'webhook' && address.to && (
        <Field
          label={trans.__('Key of the webhook')}
          help={trans.__('The name of a secret that signs what is sent.')}
        >
          <input
            className="jp-mod-styled"
            value={address.secret}
            placeholder={EXAMPLES.secret}
            spellCheck={false}
            onChange={event =>
              props.onChange({ ...address, secret: event.target.value })
            }
          />
        </Field>
      )}
      {saved && !changed && <Try channel={channel.name} />}
    </div>
  );
}

const EXAMPLES: Record<string, string> = {
  email: 'ana@example.org',
  webhook: 'https://example.org/mesh',
  apprise: 'env:MESH_NOTIFY_CHAT',
  secret: 'env:MESH_NOTIFY_KEY'
};

function Try({ channel }: { channel: string }): JSX.Element {
  const { trans, connection } = useEnvironment();
  const [busy, setBusy] = React.useState(false);
  const [sent, setSent] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    setSent(false);
    try {
      await connection.api.testChannel(channel);
      setSent(true);
    } catch (error) {
      setProblem(Problem.from(error));
    }
    setBusy(false);
  };
  return (
    <>
      <div className="jp-mesh-actions">
        <Button
          small
          type="button"
          className="jp-mod-styled"
          aria-disabled={busy}
          onClick={() => void (busy || send())}
        >
          {trans.__('Send a test')}
        </Button>
        <span role="status" className="jp-mesh-dim">
          {sent ? trans.__('It was taken. Look whether it arrived.') : ''}
        </span>
      </div>
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
