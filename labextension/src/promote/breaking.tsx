import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { BreakingPlan } from '../api/types';
import { acknowledged, Consumers } from '../components/consumers';
import { ContractChanges } from '../components/difference';
import { useEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';
import { Note, ProblemNote } from '../components/message';
import type { PromoteModel } from './model';

const DAY_MS = 86_400_000;

/** What a new major version takes away, from whom, and what has to be said before. */
export function Breaking({
  model,
  breaking
}: {
  model: PromoteModel;
  breaking: BreakingPlan;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { consumers, waiting } = breaking;
  const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
  return (
    <section className="jp-mesh-breaking">
      {breaking.changes.length > 0 && (
        <>
          <h3>{trans.__('What readers lose')}</h3>
          <ContractChanges changes={breaking.changes} />
          {consumers.length ? (
            <>
              <p>
                {trans._n(
                  'Used by %1 consumer; %2.',
                  'Used by %1 consumers; %2.',
                  consumers.length,
                  acknowledged(consumers, trans)
                )}
              </p>
              <Consumers consumers={consumers} />
            </>
          ) : (
            <p className="jp-mesh-dim">
              {trans.__('Nobody is known to use it.')}
            </p>
          )}
        </>
      )}
      {waiting.length > 0 && (
        <Note
          level="warning"
          actions={
            <Button
              small
              className="jp-mod-styled"
              disabled={model.announcing}
              onClick={() => void model.announce()}
            >
              {breaking.announced
                ? trans.__('Tell them again')
                : trans.__('Tell them')}
            </Button>
          }
        >
          {breaking.announced
            ? trans.__(
                'They were told. Promote it when all have acknowledged it: close this, and come back.'
              )
            : trans.__(
                'Tell them first: they find a notice, and acknowledge it.'
              )}
        </Note>
      )}
      {model.announceProblem && <ProblemNote problem={model.announceProblem} />}
      <div className="jp-mesh-two">
        <Field
          label={trans.__('Version %1 can be read until', breaking.major)}
          help={trans.__(
            'A schedule that it has goes on so long. Then reading it is refused.'
          )}
        >
          <input
            className="jp-mod-styled"
            type="date"
            min={tomorrow}
            value={model.draft.sunset || breaking.sunset.slice(0, 10)}
            onChange={event => model.edit({ sunset: event.target.value })}
          />
        </Field>
        {waiting.length > 0 && (
          <Field
            label={trans.__('Or go on without them, because')}
            help={trans.__(
              'For an owner. The reason is kept in the audit trail.'
            )}
          >
            <input
              className="jp-mod-styled"
              value={model.draft.override}
              onChange={event => model.edit({ override: event.target.value })}
            />
          </Field>
        )}
      </div>
    </section>
  );
}
