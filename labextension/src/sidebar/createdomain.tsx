import * as React from 'react';

import { useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';

/** Ask for a new domain and create it. Resolves with its name, or null when the person thought better of it. */
export async function openCreateDomain(
  environment: IEnvironment
): Promise<string | null> {
  let created: string | null = null;
  const dialog = new FormDialog({
    title: environment.trans.__('Create a domain'),
    environment,
    body: close => (
      <CreateDomain close={close} onCreated={name => (created = name)} />
    )
  });
  await dialog.launch();
  return created;
}

function CreateDomain(props: {
  close: () => void;
  onCreated: (name: string) => void;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  const [name, setName] = React.useState('');
  const [title, setTitle] = React.useState('');
  const [description, setDescription] = React.useState('');
  const submit = async (): Promise<void> => {
    const domain = await connection.api.addDomain({
      name: name.trim(),
      title,
      description
    });
    props.onCreated(domain.name);
  };
  return (
    <Form
      submitLabel={trans.__('Create')}
      close={props.close}
      submit={submit}
      disabled={!name.trim()}
    >
      <Field
        label={trans.__('Name')}
        help={trans.__(
          'Lower-case letters, digits and _; it begins the names of its products.'
        )}
      >
        <input
          data-autofocus
          className="jp-mod-styled"
          value={name}
          placeholder={trans.__('flight_ops')}
          spellCheck={false}
          onChange={event => setName(event.target.value)}
        />
      </Field>
      <Field label={trans.__('Title')}>
        <input
          className="jp-mod-styled"
          value={title}
          onChange={event => setTitle(event.target.value)}
        />
      </Field>
      <Field label={trans.__('What it is about')}>
        <textarea
          className="jp-mod-styled"
          rows={3}
          value={description}
          onChange={event => setDescription(event.target.value)}
        />
      </Field>
    </Form>
  );
}
