import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ProductDetail } from '../api/types';
import { CommandIDs } from '../commands';
import { useEnvironment } from '../components/environment';
import { RelativeTime } from '../components/time';
import type { ProductModel } from './model';

/** When it runs by itself, why it does not for now, and what can be changed about that. */
export function Scheduled({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const { schedule } = detail;
  const may = !detail.may.length || detail.may.includes('schedule');
  const button = (command: string, label: string): JSX.Element => (
    <Button
      small
      className="jp-mod-styled"
      disabled={!may}
      onClick={() =>
        void commands
          .execute(command, { target: detail.full_name })
          .then(() => model.refresh())
      }
    >
      {label}
    </Button>
  );
  const now = new Date().toISOString();
  const pauses = [
    ...(schedule?.paused && schedule.pause ? [schedule.pause] : []),
    ...(schedule?.domain_pauses ?? []).filter(
      pause => !pause.until || pause.until > now
    )
  ];
  return (
    <section>
      <h2>{trans.__('Schedule')}</h2>
      <p>
        {schedule?.words ?? trans.__('It runs when somebody asks for it.')}
        {schedule?.next_fire && !pauses.length && (
          <>
            {' '}
            {trans.__('Next:')} <RelativeTime instant={schedule.next_fire} />.
          </>
        )}
      </p>
      {pauses.map(pause => (
        <p key={pause.scope}>
          {trans.__('%1 is paused', pause.scope)}
          {pause.until && (
            <>
              {', '}
              {trans.__('and goes on')} <RelativeTime instant={pause.until} />
            </>
          )}
          {pause.reason ? `: ${pause.reason}` : '.'}
          {pause.by && (
            <span className="jp-mesh-dim"> {trans.__('(%1)', pause.by)}</span>
          )}
        </p>
      ))}
      <div className="jp-mesh-actions">
        {button(
          CommandIDs.schedule,
          schedule ? trans.__('Change…') : trans.__('Schedule…')
        )}
        {schedule &&
          (schedule.paused
            ? button(CommandIDs.resume, trans.__('Resume'))
            : button(CommandIDs.pause, trans.__('Pause…')))}
      </div>
    </section>
  );
}
