import * as React from 'react';

import { isAbort, Problem } from '../api/problem';
import type {
  Backfill,
  BackfillPlan,
  BackfillRequest,
  ScheduleDraft
} from '../api/types';
import type { IEnvironment } from '../components/environment';
import { useEnvironment } from '../components/environment';
import { Field, Form, FormDialog } from '../components/formdialog';
import { count } from '../components/format';
import { slotStart } from './slot';

const QUIET_MS = 300;
const CUTS: Record<string, ScheduleDraft> = {
  day: { every: 'P1D' },
  week: { every: 'P7D' },
  month: { every: 'P1M' },
  hour: { every: 'PT1H' }
};

/** Ask for a range of slots to compute; the backfill that was begun, or null. */
export async function askForBackfill(
  environment: IEnvironment,
  product: string
): Promise<Backfill | null> {
  let begun: Backfill | null = null;
  const dialog = new FormDialog({
    title: environment.trans.__('Backfill %1', product),
    environment,
    body: close => (
      <BackfillForm
        product={product}
        close={close}
        onBegun={backfill => (begun = backfill)}
      />
    )
  });
  await dialog.launch();
  return begun;
}

function BackfillForm(props: {
  product: string;
  close: () => void;
  onBegun: (backfill: Backfill) => void;
}): JSX.Element {
  const { trans, connection } = useEnvironment();
  const [from, setFrom] = React.useState('');
  const [to, setTo] = React.useState('');
  const [only, setOnly] = React.useState<'missing' | 'all'>('missing');
  const [order, setOrder] = React.useState<'oldest' | 'newest'>('oldest');
  const [concurrency, setConcurrency] = React.useState(1);
  const [cut, setCut] = React.useState('');
  const request: BackfillRequest | null =
    from && to
      ? {
          product: props.product,
          start: new Date(from).toISOString(),
          end: new Date(to).toISOString(),
          only,
          order,
          concurrency,
          cut: CUTS[cut] ?? null
        }
      : null;
  const { plan, problem } = usePlan(request);
  const submit = async (): Promise<void> => {
    if (request) {
      props.onBegun(await connection.api.beginBackfill(request));
    }
  };
  return (
    <Form
      submitLabel={
        plan?.runs
          ? trans._n('Compute %1 slot', 'Compute %1 slots', plan.runs)
          : trans.__('Compute')
      }
      close={props.close}
      submit={submit}
      disabled={!plan?.runs}
    >
      <Field
        label={trans.__('From')}
        help={trans.__(
          'The slot that contains it is the first one. In your own time zone.'
        )}
      >
        <input
          type="datetime-local"
          className="jp-mod-styled"
          value={from}
          onChange={event => setFrom(event.target.value)}
        />
      </Field>
      <Field
        label={trans.__('To')}
        help={trans.__('Only slots that begin before it.')}
      >
        <input
          type="datetime-local"
          className="jp-mod-styled"
          value={to}
          onChange={event => setTo(event.target.value)}
        />
      </Field>
      <Field label={trans.__('Slots')}>
        <select
          value={only}
          onChange={event => setOnly(event.target.value as typeof only)}
        >
          <option value="missing">{trans.__('not published yet')}</option>
          <option value="all">{trans.__('all of them, again')}</option>
        </select>
      </Field>
      <Field label={trans.__('Order')}>
        <select
          value={order}
          onChange={event => setOrder(event.target.value as typeof order)}
        >
          <option value="oldest">{trans.__('oldest first')}</option>
          <option value="newest">{trans.__('newest first')}</option>
        </select>
      </Field>
      <Field label={trans.__('How many at a time')}>
        <input
          type="number"
          className="jp-mod-styled"
          min={1}
          max={64}
          value={concurrency}
          onChange={event =>
            setConcurrency(Math.max(1, Number(event.target.value) || 1))
          }
        />
      </Field>
      <Field
        label={trans.__('How time is cut')}
        help={trans.__('By the schedule, where the product has one.')}
      >
        <select value={cut} onChange={event => setCut(event.target.value)}>
          <option value="">{trans.__('by its schedule')}</option>
          <option value="hour">{trans.__('by the hour')}</option>
          <option value="day">{trans.__('by the day')}</option>
          <option value="week">{trans.__('by the week')}</option>
          <option value="month">{trans.__('by the month')}</option>
        </select>
      </Field>
      <PlanNote plan={plan} problem={problem} />
    </Form>
  );
}

function PlanNote(props: {
  plan: BackfillPlan | null;
  problem: Problem | null;
}): JSX.Element | null {
  const { trans } = useEnvironment();
  const { plan, problem } = props;
  if (problem) {
    return (
      <p className="jp-mesh-field-problem" role="alert">
        {`${problem.message} ${problem.hint}`.trim()}
      </p>
    );
  }
  if (!plan) {
    return null;
  }
  const runs = (plan.items ?? []).filter(item => !item.skipped);
  const [first, last] = [runs[0], runs[runs.length - 1]];
  return (
    <div role="status">
      <p>
        {first && last
          ? trans._n(
              '%1 slot would run: %2.',
              '%1 slots would run, from %2 to %3.',
              plan.runs,
              slotStart(first.slot),
              slotStart(last.slot)
            )
          : trans.__('Every slot of the range is published already.')}{' '}
        {plan.skipped
          ? trans.__('%1 are published already.', count(plan.skipped))
          : ''}
      </p>
      <p className="jp-mesh-dim">{plan.words}</p>
      {(plan.notes ?? []).map(note => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

/** What the backfill would do, asked for when typing rests. */
function usePlan(request: BackfillRequest | null): {
  plan: BackfillPlan | null;
  problem: Problem | null;
} {
  const { connection } = useEnvironment();
  const [plan, setPlan] = React.useState<BackfillPlan | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const wanted = request ? JSON.stringify(request) : '';
  React.useEffect(() => {
    setPlan(null);
    setProblem(null);
    if (!wanted) {
      return;
    }
    const asking = new AbortController();
    const timer = setTimeout(() => {
      connection.api
        .planBackfill(JSON.parse(wanted) as BackfillRequest, asking.signal)
        .then(setPlan)
        .catch(error => {
          if (!isAbort(error)) {
            setProblem(Problem.from(error));
          }
        });
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [connection, wanted]);
  return { plan, problem };
}
