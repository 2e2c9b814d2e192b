import { Button } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Outcome, Run } from '../api/types';
import { useEnvironment } from '../components/environment';
import { bytes, count, duration, exact } from '../components/format';
import { figuresOf, OUTCOMES, STEPS, sumOf } from './seriesdata';
import type { IRunFigures, Step } from './seriesdata';
import { bounds, SeriesPlot } from './seriesplot';
import type { Places } from './seriesplot';
import { SeriesTable } from './seriestable';
import { slotStart } from './slot';
import { StateMark } from './steps';
import { outcomeWord, stateWord, stepWord } from './words';

/** Figures of the newest runs side by side: rows, size, time by step, promises. One run is chosen in all of them. */
export function Series(props: {
  runs: Run[];
  open: (id: string) => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const id = React.useId();
  const figures = React.useMemo(() => figuresOf(props.runs), [props.runs]);
  const [chosenId, setChosenId] = React.useState('');
  // Waiting says more of the others in the queue than of the product, and would dwarf everything else.
  const [hidden, setHidden] = React.useState<Step[]>(['queue']);
  const [table, setTable] = React.useState(false);
  if (figures.length < 2) {
    return (
      <p className="jp-mesh-dim">
        {trans.__(
          'After its second run, what changes from run to run is drawn here.'
        )}
      </p>
    );
  }
  const found = figures.findIndex(one => one.run.id === chosenId);
  const chosen = found < 0 ? figures.length - 1 : found;
  const shown = STEPS.filter(step => !hidden.includes(step));
  const toggle = (step: Step): void =>
    setHidden(
      hidden.includes(step)
        ? hidden.filter(other => other !== step)
        : [...hidden, step]
    );
  const plot = (places: Places): JSX.Element => (
    <SeriesPlot
      places={places}
      states={figures.map(one => one.run.state)}
      chosen={chosen}
      onChoose={at => setChosenId(figures[at].run.id)}
      onOpen={at => props.open(figures[at].run.id)}
    />
  );
  const rows = figures.map(one => one.rows);
  const sizes = figures.map(one => one.bytes);
  const lengths = figures.map(one => sumOf(one.steps, shown));
  const promises = figures.map(one => sumOf(one.checks, OUTCOMES));
  const now = figures[chosen];
  return (
    <section
      className="jp-mesh-series"
      aria-label={trans.__('From run to run')}
    >
      <div className="jp-mesh-series-grid">
        <Panel
          title={trans.__('Rows')}
          value={now.rows === null ? '' : count(now.rows)}
          range={rangeOf(rows, count, trans)}
        >
          {plot({ form: 'curve', values: rows })}
        </Panel>
        <Panel
          title={trans.__('Size')}
          value={now.bytes === null ? '' : bytes(now.bytes)}
          range={rangeOf(sizes, bytes, trans)}
        >
          {plot({ form: 'curve', values: sizes })}
        </Panel>
        <Panel
          title={trans.__('Time')}
          value={
            lengths[chosen] === null ? '' : duration(lengths[chosen], trans)
          }
          range={rangeOf(lengths, one => duration(one, trans), trans, true)}
          legend={STEPS.map(step => (
            <button
              key={step}
              type="button"
              className="jp-mesh-series-key"
              aria-pressed={!hidden.includes(step)}
              title={trans.__('Show or hide this step')}
              onClick={() => toggle(step)}
            >
              <span data-part={step} aria-hidden="true" />
              {stepWord(step, trans)}
            </button>
          ))}
        >
          {plot({
            form: 'bars',
            values: figures.map(one =>
              shown.map(step => ({ kind: step, value: one.steps[step] ?? 0 }))
            )
          })}
        </Panel>
        <Panel
          title={trans.__('Promises')}
          value={checksWords(now, trans)}
          range={rangeOf(promises, count, trans, true)}
          legend={OUTCOMES.filter(outcome =>
            figures.some(one => one.checks[outcome])
          ).map(outcome => (
            <span key={outcome} className="jp-mesh-series-key">
              <span data-part={outcome} aria-hidden="true" />
              {outcomeWord(outcome, trans)}
            </span>
          ))}
        >
          {plot({
            form: 'bars',
            values: figures.map(one =>
              OUTCOMES.map(kind => ({ kind, value: one.checks[kind] ?? 0 }))
            )
          })}
        </Panel>
      </div>
      <div className="jp-mesh-series-chosen">
        <input
          type="range"
          min={1}
          max={figures.length}
          value={chosen + 1}
          aria-label={trans.__('Run that is shown exactly')}
          aria-valuetext={told(now, trans)}
          onChange={event =>
            setChosenId(figures[Number(event.target.value) - 1].run.id)
          }
          onKeyDown={event => {
            if (event.key === 'Enter') {
              props.open(now.run.id);
            }
          }}
        />
        <p className="jp-mesh-series-words">
          <StateMark run={now.run} />
          <span aria-hidden="true">{told(now, trans, false)}</span>
        </p>
        <div className="jp-mesh-series-buttons">
          <Button
            small
            className="jp-mod-styled"
            onClick={() => props.open(now.run.id)}
          >
            {trans.__('Open the run')}
          </Button>
          <Button
            small
            className="jp-mod-styled"
            aria-expanded={table}
            aria-controls={id}
            onClick={() => setTable(!table)}
          >
            {trans.__('As a table')}
          </Button>
        </div>
      </div>
      {table && <SeriesTable id={id} figures={figures} open={props.open} />}
    </section>
  );
}

/** One figure: its name, its value at the chosen run, the picture, and what its heights mean. */
function Panel(props: {
  title: string;
  value: string;
  range: string;
  legend?: React.ReactNode[];
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div className="jp-mesh-series-panel">
      <div className="jp-mesh-series-head">
        <h3>{props.title}</h3>
        <span className="jp-mesh-series-value">{props.value}</span>
      </div>
      {props.children}
      <div className="jp-mesh-series-foot">
        <span className="jp-mesh-dim">{props.range}</span>
        {props.legend}
      </div>
    </div>
  );
}

/** What the ground and the top of a picture stand for. */
function rangeOf(
  values: (number | null)[],
  format: (value: number) => string,
  trans: TranslationBundle,
  fromZero = false
): string {
  if (values.every(value => value === null)) {
    return '';
  }
  const [low, high] = bounds(values);
  const ground = fromZero || low === 0 ? count(0) : format(low);
  return trans.__('%1 to %2', ground, format(high));
}

function checksWords(figures: IRunFigures, trans: TranslationBundle): string {
  const total = sumOf(figures.checks, OUTCOMES);
  return total === null
    ? ''
    : trans.__('%1 of %2 kept', figures.checks.passed ?? 0, total);
}

/** The figures of one run in words. */
function told(
  figures: IRunFigures,
  trans: TranslationBundle,
  withState = true
): string {
  const { run } = figures;
  const steps = STEPS.flatMap(step => {
    const length = figures.steps[step];
    return length === undefined
      ? []
      : [trans.__('%1 %2', stepWord(step, trans), duration(length, trans))];
  });
  const whole = sumOf(figures.steps, STEPS);
  const checks = OUTCOMES.flatMap((outcome: Outcome) =>
    figures.checks[outcome]
      ? [
          trans.__(
            '%1 %2',
            outcomeWord(outcome, trans),
            figures.checks[outcome]
          )
        ]
      : []
  );
  return [
    withState ? stateWord(run.state, trans) : '',
    exact(figures.at),
    run.slot ? trans.__('slot %1', slotStart(run.slot)) : '',
    figures.rows === null
      ? ''
      : trans._n('%2 row', '%2 rows', figures.rows, count(figures.rows)),
    figures.bytes === null ? '' : bytes(figures.bytes),
    whole === null
      ? ''
      : trans.__('%1 (%2)', duration(whole, trans), steps.join(', ')),
    checks.join(', ')
  ]
    .filter(Boolean)
    .join(' · ');
}
