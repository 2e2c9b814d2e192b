import * as React from 'react';

import type { PromotionPlan } from '../api/types';
import { Difference } from '../components/difference';
import { useEnvironment } from '../components/environment';
import { Field } from '../components/formdialog';
import { NextTimes } from '../schedule/preview';
import type { IDraft } from './draft';
import type { PromoteModel } from './model';
import { Breaking } from './breaking';
import { useKeptSchedule } from './schedule';
import { ToldList } from './told';

/** What will happen, in one list, and the last words to it. */
export function Review({
  model,
  plan
}: {
  model: PromoteModel;
  plan: PromotionPlan;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { draft } = model;
  const kept = useKeptSchedule(model, plan);
  if (plan.status === 'unchanged') {
    return <p>{plan.steps[0]}</p>;
  }
  return (
    <>
      <ol className="jp-mesh-plan">
        {plan.steps.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {plan.breaking && <Breaking model={model} breaking={plan.breaking} />}
      {draft.schedule ? (
        <NextTimes draft={draft.schedule} preview={plan.schedule} />
      ) : (
        kept && <p>{trans.__('It keeps its schedule: %1', kept.words)}</p>
      )}
      <ToldList told={plan.told} />
      {plan.bump_reason && (
        <p className="jp-mesh-dim">
          {trans.__('Why %1: %2', plan.next_version, plan.bump_reason)}
        </p>
      )}
      <label className="jp-mesh-choice">
        <input
          type="checkbox"
          checked={draft.run}
          onChange={event => model.edit({ run: event.target.checked })}
        />
        {trans.__('Run it now')}
      </label>
      <div className="jp-mesh-two">
        <Field label={trans.__('Title')}>
          <input
            className="jp-mod-styled"
            value={draft.title}
            onChange={event => model.edit({ title: event.target.value })}
          />
        </Field>
        <Field label={trans.__('Tags')} help={trans.__('Separated by spaces.')}>
          <input
            className="jp-mod-styled"
            value={draft.tags}
            onChange={event => model.edit({ tags: event.target.value })}
          />
        </Field>
      </div>
      <Field label={trans.__('Description')}>
        <textarea
          className="jp-mod-styled"
          rows={3}
          value={draft.description}
          onChange={event => model.edit({ description: event.target.value })}
        />
      </Field>
      {plan.status !== 'new' && (
        <div className="jp-mesh-two">
          <Field label={trans.__('What changed')}>
            <input
              className="jp-mod-styled"
              value={draft.note}
              onChange={event => model.edit({ note: event.target.value })}
            />
          </Field>
          <Field
            label={trans.__('Raise the version')}
            help={trans.__('It is never raised less than computed.')}
          >
            <select
              value={draft.bump ?? ''}
              onChange={event =>
                model.edit({
                  bump: (event.target.value || null) as IDraft['bump']
                })
              }
            >
              <option value="">{trans.__('as computed')}</option>
              <option value="patch">{trans.__('patch: a correction')}</option>
              <option value="minor">{trans.__('minor: something new')}</option>
              <option value="major">
                {trans.__('major: readers must adapt')}
              </option>
            </select>
          </Field>
        </div>
      )}
      {plan.difference && (
        <details className="jp-mesh-review-difference">
          <summary>
            {trans.__('What differs from %1', plan.difference.before)}
          </summary>
          <Difference difference={plan.difference} />
        </details>
      )}
    </>
  );
}
