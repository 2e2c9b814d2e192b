import { Button } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { WorkbenchStatus } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { Empty, Note, ProblemNote } from '../components/message';
import { useSignal } from '../components/resource';
import type { SidebarModel } from './model';

/** There is no workbench behind this JupyterLab: offer to make one. */
export function NoWorkbench({ model }: { model: SidebarModel }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <Empty
      text={trans.__(
        'There is no workbench here yet. It is a folder that keeps your catalog and your tables.'
      )}
    >
      <Button
        className="jp-mod-styled jp-mod-accept"
        onClick={() => void model.act(api => api.createWorkbench())}
      >
        {trans.__('Create a workbench here')}
      </Button>
      <Button className="jp-mod-styled" onClick={() => void model.demo.start()}>
        {trans.__('Build the flights demo')}
      </Button>
    </Empty>
  );
}

/** A workbench without domains: one sentence and the two ways to begin. */
export function EmptyWorkbench({
  model
}: {
  model: SidebarModel;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  return (
    <Empty
      text={trans.__('Data products belong to domains, and there is none yet.')}
    >
      <Button
        className="jp-mod-styled jp-mod-accept"
        onClick={() => void commands.execute(CommandIDs.createDomain)}
      >
        {trans.__('Create a domain')}
      </Button>
      <Button
        className="jp-mod-styled"
        disabled={model.demo.running}
        onClick={() => void model.demo.start()}
      >
        {trans.__('Build the flights demo')}
      </Button>
    </Empty>
  );
}

/** What stands above the tree: trouble, a missing worker, the demo on its way. */
export function Banners({ model }: { model: SidebarModel }): JSX.Element {
  const { trans, commands } = useEnvironment();
  useSignal(model.demo.changed);
  const { status, demo } = model;
  const noWorker =
    status.value &&
    !status.problem &&
    status.value.workers.length === 0 &&
    !model.workerComes &&
    !demo.running;
  return (
    <>
      {status.problem && (
        <ProblemNote
          problem={status.problem}
          since={status.failingSince}
          retry={() => void model.refresh()}
        />
      )}
      {model.problem && <ProblemNote problem={model.problem} />}
      {noWorker && (
        <Note
          level="warning"
          actions={
            <Button
              small
              className="jp-mod-styled jp-mod-accept"
              onClick={() => void commands.execute(CommandIDs.startWorker)}
            >
              {trans.__('Start a worker')}
            </Button>
          }
        >
          {trans.__('No worker is running, so runs wait.')}
        </Note>
      )}
      {demo.running && (
        <Note level="info">
          {trans.__('Building the flights demo.')}
          <span className="jp-mesh-demo-line">
            {demo.lines[demo.lines.length - 1] ??
              (status.value ? demoWords(status.value, trans) : '')}
          </span>
          <progress aria-label={trans.__('Building the flights demo.')} />
        </Note>
      )}
      {demo.problem && (
        <ProblemNote problem={demo.problem} retry={() => void demo.start()} />
      )}
    </>
  );
}

/** How far the demo is, told by what the workbench has. */
function demoWords(status: WorkbenchStatus, trans: TranslationBundle): string {
  return trans.__(
    '%1 products, %2 runs under way, %3 waiting',
    status.products,
    status.running,
    status.queued
  );
}
