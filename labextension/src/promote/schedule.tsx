import * as React from 'react';

import type { PromotionPlan, Schedule, ScheduleDraft } from '../api/types';
import { useEnvironment } from '../components/environment';
import { asKind, draftOf, kindOf } from '../schedule/draft';
import { ScheduleForm } from '../schedule/form';
import { NextTimes } from '../schedule/preview';
import type { PromoteModel } from './model';

/** When it runs by itself: as before, never, or by a schedule of any kind with its next times. */
export function ScheduleStep({
  model,
  plan
}: {
  model: PromoteModel;
  plan: PromotionPlan;
}): JSX.Element {
  const { trans } = useEnvironment();
  const kept = useKeptSchedule(model, plan);
  const { schedule } = model.draft;
  const set = (draft: ScheduleDraft | null): void =>
    model.edit({
      schedule: draft && !schedule && kept ? startFrom(kept, draft) : draft
    });
  return (
    <ScheduleForm
      draft={schedule}
      of={{
        parameters: plan.analysis.parameters,
        presets: plan.analysis.presets,
        inputs: [...new Set(plan.analysis.inputs.map(input => input.port))]
      }}
      none={
        kept
          ? trans.__('It keeps its schedule: %1', kept.words)
          : trans.__('It runs when somebody asks for it')
      }
      onChange={set}
    >
      {schedule && !model.problem && (
        <NextTimes draft={schedule} preview={plan.schedule} />
      )}
    </ScheduleForm>
  );
}

/** What is chosen in place of a schedule begins with what that one says. */
function startFrom(kept: Schedule, chosen: ScheduleDraft): ScheduleDraft {
  const before = draftOf(kept);
  return kindOf(before) === kindOf(chosen)
    ? before
    : asKind(before, kindOf(chosen));
}

/** The schedule that the product has, which promoting keeps unless another one is chosen. */
export function useKeptSchedule(
  model: PromoteModel,
  plan: PromotionPlan
): Schedule | null {
  const { api } = model.connection;
  const [kept, setKept] = React.useState<Schedule | null>(null);
  const { to } = plan;
  const known = plan.current_version !== null;
  React.useEffect(() => {
    let wanted = true;
    setKept(null);
    if (known) {
      api
        .product(to)
        .then(({ schedule }) => wanted && setKept(schedule))
        .catch(error => console.debug('The schedule is not known', error));
    }
    return () => {
      wanted = false;
    };
  }, [api, to, known]);
  return kept;
}
