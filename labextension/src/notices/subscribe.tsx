import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Channel, NoticeKind, Preferences, Told } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';
import { exact } from '../components/format';
import { Choices } from './choices';
import { channelWord, KINDS, when } from './words';

const LAB = 'lab';
/** Hours; 0 stands for no end. */
const MUTES = [8, 24, 168, 0];

/** Ask what to be told about a product, and see to it. */
export async function openSubscribe(
  environment: IEnvironment,
  product: string
): Promise<void> {
  const { api } = environment.connection;
  const [told, preferences, channels] = await Promise.all([
    api.told(product),
    api.preferences(),
    api.channels()
  ]);
  const dialog = new FormDialog({
    title: environment.trans.__('Be told about %1', product),
    environment,
    body: close => (
      <Subscribe
        told={told}
        preferences={preferences}
        channels={channels.items}
        close={close}
      />
    )
  });
  await dialog.launch();
}

function Subscribe(props: {
  told: Told;
  preferences: Preferences;
  channels: Channel[];
  close: () => void;
}): JSX.Element {
  const { trans, commands, connection } = useEnvironment();
  const { told, close } = props;
  const { api } = connection;
  const [events, setEvents] = React.useState<NoticeKind[]>(
    told.why ? told.events : KINDS
  );
  const reachable = [
    LAB,
    ...props.channels
      .map(channel => channel.name)
      .filter(name => name in props.preferences.addresses)
  ];
  const [channels, setChannels] = React.useState<string[]>(
    told.channels.length ? told.channels : reachable
  );
  const [mute, setMute] = React.useState(told.muted ? 'keep' : '');
  const submit = async (): Promise<void> => {
    const all = reachable.every(name => channels.includes(name));
    const until = told.muted ? told.muted_until : null;
    await api.subscribe(told.target, { events, channels: all ? [] : channels });
    if (mute) {
      const hours = Number(mute);
      const then = hours ? new Date(Date.now() + hours * 3_600_000) : null;
      await api.mute(
        told.target,
        mute === 'keep' ? until : (then?.toISOString() ?? null)
      );
    }
  };
  const label = (name: string): string =>
    [channelWord(name, trans), props.preferences.addresses[name]?.to]
      .filter(Boolean)
      .join(': ');
  return (
    <Form
      submitLabel={told.subscription ? trans.__('Save') : trans.__('Subscribe')}
      close={close}
      submit={submit}
      disabled={!events.length || !channels.length}
    >
      {told.why && (
        <p className="jp-mesh-dim">
          {trans.__('You are told because %1.', told.why)}
        </p>
      )}
      <Choices
        legend={trans.__('Tell me when')}
        options={KINDS.map(kind => [kind, when(kind, trans)])}
        chosen={events}
        onChange={setEvents}
      />
      <Choices
        legend={trans.__('By')}
        options={reachable.map(name => [name, label(name)])}
        chosen={channels}
        onChange={setChannels}
      />
      {reachable.length === 1 && (
        <p className="jp-mesh-dim">
          {trans.__('You have set no address for messages.')}{' '}
          <Button
            small
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              close();
              void commands.execute(CommandIDs.noticeSettings);
            }}
          >
            {trans.__('Set one…')}
          </Button>
        </p>
      )}
      <Field label={trans.__('Mute')}>
        <select value={mute} onChange={event => setMute(event.target.value)}>
          <option value="">{trans.__('No')}</option>
          {told.muted && (
            <option value="keep">
              {told.muted_until
                ? trans.__('Until %1', exact(told.muted_until))
                : trans.__('Until I say otherwise')}
            </option>
          )}
          {MUTES.filter(hours => hours || told.muted_until || !told.muted).map(
            hours => (
              <option key={hours} value={String(hours)}>
                {hours === 0
                  ? trans.__('Until I say otherwise')
                  : hours < 24
                    ? trans._n('For %1 hour', 'For %1 hours', hours)
                    : trans._n('For %1 day', 'For %1 days', hours / 24)}
              </option>
            )
          )}
        </select>
      </Field>
      {told.subscription && <Unsubscribe target={told.target} close={close} />}
    </Form>
  );
}

function Unsubscribe(props: {
  target: string;
  close: () => void;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  return (
    <div>
      <Button
        small
        type="button"
        className="jp-mod-styled jp-mod-reject"
        onClick={() =>
          void connection.api
            .unsubscribe(props.target)
            .then(props.close, props.close)
        }
      >
        {trans.__('Unsubscribe')}
      </Button>
    </div>
  );
}
