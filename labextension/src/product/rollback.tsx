import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';

import { Problem } from '../api/problem';
import type { ProductVersion, Release, RollbackPlan } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { Field, Form } from '../components/formdialog';
import { exact } from '../components/format';
import { ProblemNote } from '../components/message';
import { Skeleton } from '../components/skeleton';
import { Reason } from './reason';
import type { ILifeProps } from './reason';

/** Choose an earlier release or version, see what bringing it back does, and do it. */
export function Rollback(
  props: ILifeProps & {
    releases: Release[];
    versions: ProductVersion[];
    /** The version to begin with; null for the release before. */
    first: string | null;
  }
): JSX.Element {
  const { detail, close, onDone } = props;
  const { trans, connection, commands } = useEnvironment();
  const releases = props.releases.filter(
    one => one.number !== detail.release && one.removed === null
  );
  const versions = props.versions.filter(one => one.version !== detail.version);
  const [chosen, setChosen] = React.useState(
    props.first ?? String(releases[0]?.number ?? versions[0]?.version ?? '')
  );
  const [reason, setReason] = React.useState('');
  const [plan, setPlan] = React.useState<RollbackPlan | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const back = React.useMemo(
    () =>
      /^\d+$/.test(chosen) ? { release: Number(chosen) } : { version: chosen },
    [chosen]
  );
  React.useEffect(() => {
    let asked = true;
    setPlan(null);
    setProblem(null);
    if (chosen) {
      connection.api.rollbackPlan(detail.full_name, back).then(
        found => asked && setPlan(found),
        (error: unknown) => asked && setProblem(Problem.from(error))
      );
    }
    return () => {
      asked = false;
    };
  }, [connection, detail.full_name, chosen, back]);
  if (!chosen) {
    return <p>{trans.__('There is no earlier release or version.')}</p>;
  }
  return (
    <Form
      submitLabel={trans.__('Go back')}
      close={close}
      disabled={!plan}
      submit={async () => {
        const product = detail.full_name;
        const now = await connection.api.rollback(product, { reason, ...back });
        onDone();
        Notification.success(
          trans.__(
            '%1 went back: version %2 runs, and release %3 is read.',
            product,
            now.version ?? '–',
            String(now.release ?? '–')
          ),
          {
            autoClose: 10_000,
            actions: [
              {
                label: trans.__('Open'),
                callback: () =>
                  void commands.execute(CommandIDs.openProduct, { product })
              }
            ]
          }
        );
      }}
    >
      <Field label={trans.__('What to bring back')}>
        <select
          value={chosen}
          onChange={event => setChosen(event.target.value)}
        >
          {releases.length > 0 && (
            <optgroup label={trans.__('A release')}>
              {releases.map(one => (
                <option key={one.id} value={one.number}>
                  {trans.__(
                    'Release %1 of version %2, %3',
                    one.number,
                    one.version,
                    exact(one.published)
                  )}
                </option>
              ))}
            </optgroup>
          )}
          {versions.length > 0 && (
            <optgroup label={trans.__('A version, with its newest release')}>
              {versions.map(one => (
                <option key={one.id} value={one.version}>
                  {trans.__(
                    'Version %1 by %2, %3',
                    one.version,
                    one.promoted_by,
                    exact(one.promoted)
                  )}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </Field>
      {problem && <ProblemNote problem={problem} />}
      {plan ? <Plan plan={plan} /> : !problem && <Skeleton lines={3} />}
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}

/** What will happen, in words and in rows. */
function Plan({ plan }: { plan: RollbackPlan }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <>
      <ol className="jp-mesh-plan" aria-label={trans.__('What happens')}>
        {plan.steps.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <table className="jp-mesh-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Port')}</th>
            <th scope="col" data-number="true">
              {trans.__('Rows now')}
            </th>
            <th scope="col" data-number="true">
              {trans.__('Rows then')}
            </th>
          </tr>
        </thead>
        <tbody>
          {plan.ports.map(port => (
            <tr key={port.port}>
              <td>{port.port}</td>
              <td data-number="true">
                {port.rows_before?.toLocaleString() ?? '–'}
              </td>
              <td data-number="true">
                {port.rows_after?.toLocaleString() ?? '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
