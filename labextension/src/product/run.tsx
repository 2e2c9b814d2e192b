import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Problem } from '../api/problem';
import type { CheckReport, Run } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { count, duration, exact } from '../components/format';
import { Loaded } from '../components/loaded';
import { ProblemNote } from '../components/message';
import { Resource, useResource, useSignal } from '../components/resource';
import { isFinal } from '../events';
import type { ProductModel } from './model';
import { OutcomeSummary } from './outcome';
import { Promises } from './promises';
import { StateMark, Steps } from './steps';
import { failureWord } from './words';

const LOG_MS = 1_500;

/** One run: where it is, what it found, what failed, and what can be done. Live while it is visible. */
export function RunView(props: {
  resource: Resource<Run>;
  model: ProductModel;
  visible: boolean;
}): JSX.Element {
  const { connection } = useEnvironment();
  const { resource, model } = props;
  const { value } = useResource(resource);
  const watched = value && !isFinal(value) && props.visible ? value.id : null;
  React.useEffect(() => {
    if (!watched) {
      return;
    }
    const watching = connection.events.watch(watched);
    return () => watching.dispose();
  }, [connection, watched]);
  return (
    <Loaded resource={resource} lines={6}>
      {run => (
        <RunBody
          run={run}
          model={model}
          resource={resource}
          visible={props.visible}
        />
      )}
    </Loaded>
  );
}

function RunBody(props: {
  run: Run;
  model: ProductModel;
  resource: Resource<Run>;
  visible: boolean;
}): JSX.Element {
  const { trans, connection, commands } = useEnvironment();
  const { run, model } = props;
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const act = async (action: () => Promise<Run>): Promise<void> => {
    setProblem(null);
    try {
      const changed = await action();
      model.run(changed.id).set(changed);
      await model.runs.load();
      model.select('runs', changed.id);
    } catch (error) {
      setProblem(Problem.from(error));
    }
  };
  const openNotebook = (): void =>
    void commands.execute(CommandIDs.openExecutedNotebook, {
      run: run.id,
      cell: run.failure?.cell ?? null
    });
  const openPage = (): void =>
    void commands.execute(CommandIDs.openRunPage, {
      run: run.id,
      title: `${run.product} ${run.version}`
    });
  const rows = Object.entries(run.rows);
  return (
    <div className="jp-mesh-run" data-run={run.id} data-state={run.state}>
      <div className="jp-mesh-page-title">
        <h2>
          <StateMark run={run} />
        </h2>
        <span className="jp-mesh-dim">
          {trans.__('version %1', run.version)}
          {run.slot && ` · ${trans.__('slot %1', exact(run.slot.start))}`}
          {run.started && run.finished && ` · ${duration(elapsed(run), trans)}`}
          {` · ${trans.__('as %1', run.acting_identity)}`}
        </span>
        <span className="jp-mesh-spacer" />
        {!isFinal(run) && (
          <Button
            small
            className="jp-mod-styled jp-mod-warn"
            onClick={() => void act(() => connection.api.cancelRun(run.id))}
          >
            {trans.__('Cancel')}
          </Button>
        )}
        {isFinal(run) &&
          run.state !== 'succeeded' &&
          run.state !== 'unchanged' && (
            <Button
              small
              className="jp-mod-styled jp-mod-accept"
              onClick={() => void act(() => connection.api.retryRun(run.id))}
            >
              {trans.__('Run again')}
            </Button>
          )}
        {run.started && isFinal(run) && (
          <Button small className="jp-mod-styled" onClick={openNotebook}>
            {trans.__('Open executed notebook')}
          </Button>
        )}
        {run.started && isFinal(run) && (
          <Button small className="jp-mod-styled" onClick={openPage}>
            {trans.__('Read as a page')}
          </Button>
        )}
      </div>
      {problem && <ProblemNote problem={problem} />}
      <RunSteps run={run} model={model} />
      {!isFinal(run) && <Where run={run} />}
      {run.failure && <FailureNote run={run} />}
      {run.release !== null && (
        <p>
          {run.state === 'unchanged'
            ? trans.__('Nothing changed; release %1 stays.', run.release)
            : trans.__('Published as release %1.', run.release)}
        </p>
      )}
      {rows.length > 0 && (
        <p className="jp-mesh-dim">
          {rows
            .map(([port, number]) =>
              trans._n(
                '%2: %3 row staged',
                '%2: %3 rows staged',
                number,
                port,
                count(number)
              )
            )
            .join(' · ')}
        </p>
      )}
      {run.inputs.length > 0 && (
        <p className="jp-mesh-dim">
          {trans.__(
            'Read %1',
            run.inputs
              .map(input => `${input.port} (${input.release})`)
              .join(', ')
          )}
        </p>
      )}
      {run.report_id && (
        <RunReport run={run.id} report={model.report(run.report_id)} />
      )}
      {run.started && <Log run={run} visible={props.visible} />}
    </div>
  );
}

function RunSteps({
  run,
  model
}: {
  run: Run;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const report = run.report_id ? model.report(run.report_id).value : null;
  const notes = {
    run: run.progress.cells
      ? trans._n('%1 cell', '%1 cells', run.progress.cells)
      : undefined,
    check: report ? duration(report.duration_ms, trans) : undefined
  };
  return <Steps run={run} notes={notes} />;
}

/** Cell k of n with its first line, or why nothing happens yet. */
function Where({ run }: { run: Run }): JSX.Element {
  const { trans } = useEnvironment();
  const { progress } = run;
  const words: Partial<Record<Run['state'], string>> = {
    queued: trans.__('Waiting for a worker.'),
    starting: trans.__('Starting a kernel.'),
    checking: trans.__('Checking what it made against the contract.'),
    publishing: trans.__('Publishing.')
  };
  const cell = progress.cells > 0 && progress.cell > 0;
  return (
    <div className="jp-mesh-progress" aria-live="polite">
      {run.state === 'running' && cell ? (
        <>
          <progress
            max={progress.cells}
            value={progress.cell - 1}
            aria-label={trans.__('Cells executed')}
          />
          <span>
            {trans.__('Cell %1 of %2', progress.cell, progress.cells)}
          </span>
          <code className="jp-mesh-one-line">{progress.line}</code>
        </>
      ) : (
        <span>{words[run.state] ?? progress.message}</span>
      )}
    </div>
  );
}

function FailureNote({ run }: { run: Run }): JSX.Element | null {
  const { trans } = useEnvironment();
  const { failure } = run;
  if (!failure) {
    return null;
  }
  return (
    <div className="jp-mesh-note jp-mod-error" role="alert">
      <p className="jp-mesh-note-title">
        {failureWord(failure.failure_class, trans)}
        {failure.cell !== null && ` (${trans.__('cell %1', failure.cell + 1)})`}
      </p>
      <p className="jp-mesh-note-text">{failure.message}</p>
      {failure.hint && <p className="jp-mesh-note-hint">{failure.hint}</p>}
      {failure.traceback && (
        <details open={failure.failure_class === 'user_code'}>
          <summary>{trans.__('Traceback')}</summary>
          <pre className="jp-mesh-code-block" tabIndex={0}>
            {failure.traceback}
          </pre>
        </details>
      )}
      <span className="jp-mesh-code">{failure.code}</span>
    </div>
  );
}

function RunReport(props: {
  run: string;
  report: Resource<CheckReport>;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { run } = props;
  return (
    <Loaded resource={props.report} lines={4}>
      {report => (
        <section>
          <h3>{trans.__('Checks')}</h3>
          {report.ports.map(port => {
            const trouble = port.results.some(one => one.outcome !== 'passed');
            return (
              <div key={port.port}>
                <p>
                  {report.ports.length > 1 && <strong>{port.port}: </strong>}
                  <OutcomeSummary results={port.results} />
                </p>
                {trouble && (
                  <Promises results={port.results} run={run} onlyTrouble />
                )}
                <details>
                  <summary>
                    {trans._n(
                      '%1 promise',
                      'All %1 promises',
                      port.results.length
                    )}
                  </summary>
                  <Promises results={port.results} run={run} />
                </details>
              </div>
            );
          })}
        </section>
      )}
    </Loaded>
  );
}

/** What was printed; its end follows the run while it is open. */
function Log(props: { run: Run; visible: boolean }): JSX.Element {
  const { trans, connection } = useEnvironment();
  const { run } = props;
  const [resource] = React.useState(
    () => new Resource(() => connection.api.runLog(run.id))
  );
  const [open, setOpen] = React.useState(false);
  const end = React.useRef<HTMLPreElement>(null);
  const live = open && props.visible && !isFinal(run);
  React.useEffect(() => {
    if (!open) {
      return;
    }
    void resource.load();
    if (live) {
      const timer = setInterval(() => void resource.load(), LOG_MS);
      return () => clearInterval(timer);
    }
  }, [resource, open, live]);
  useSignal(resource.changed);
  const { value } = resource;
  React.useEffect(() => {
    if (live && end.current) {
      end.current.scrollTop = end.current.scrollHeight;
    }
  }, [value, live]);
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{trans.__('Log')}</summary>
      {open && (
        <Loaded resource={resource} lines={3}>
          {text => (
            <pre
              ref={end}
              className="jp-mesh-code-block jp-mesh-log"
              tabIndex={0}
            >
              {text || trans.__('Nothing was printed.')}
            </pre>
          )}
        </Loaded>
      )}
    </details>
  );
}

function elapsed(run: Run): number {
  return (
    new Date(run.finished ?? 0).getTime() - new Date(run.started ?? 0).getTime()
  );
}
