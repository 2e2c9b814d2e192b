/** Drafts of schedules: which kind one is, and how its lengths and moments are written. It knows no DOM. */

import type { Schedule, ScheduleDraft } from '../api/types';

export type Kind = 'cron' | 'every' | 'after';
export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month';

export const OWN_ZONE =
  Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const SUFFIX: Record<Unit, [string, string]> = {
  minute: ['PT', 'M'],
  hour: ['PT', 'H'],
  day: ['P', 'D'],
  week: ['P', 'W'],
  month: ['P', 'M']
};

export function kindOf(draft: ScheduleDraft): Kind {
  return draft.after ? 'after' : draft.every ? 'every' : 'cron';
}

/** The same schedule as another kind; what only the kind before knows is left out. */
export function asKind(draft: ScheduleDraft | null, kind: Kind): ScheduleDraft {
  const kept: ScheduleDraft = { timezone: OWN_ZONE, ...draft };
  delete kept.cron;
  delete kept.every;
  delete kept.after;
  delete kept.debounce;
  delete kept.carry;
  switch (kind) {
    case 'cron':
      return { ...kept, cron: '0 6 * * *' };
    case 'every':
      return { ...kept, every: 'PT1H' };
    case 'after':
      return { ...kept, after: 'any' };
  }
}

/** What can be said of a schedule that is set. */
export function draftOf(schedule: Schedule): ScheduleDraft {
  return {
    cron: schedule.cron,
    every: schedule.every,
    after: schedule.after,
    debounce: schedule.debounce,
    carry: schedule.carry,
    timezone: schedule.timezone,
    parameters: schedule.parameters,
    start: schedule.start,
    end: schedule.end,
    priority: schedule.priority,
    retry: schedule.retry,
    catch_up: schedule.catch_up,
    grace: schedule.grace,
    overlap: schedule.overlap
  };
}

/** A length of time as a number of one unit; null when it takes several. */
export function lengthOf(text: string): [number, Unit] | null {
  for (const unit of Object.keys(SUFFIX) as Unit[]) {
    const [before, after] = SUFFIX[unit];
    const match = new RegExp(`^${before}(\\d+)${after}$`).exec(text);
    if (match) {
      return [Number(match[1]), unit];
    }
  }
  return null;
}

export function lengthText(number: number, unit: Unit): string {
  const [before, after] = SUFFIX[unit];
  return `${before}${number}${after}`;
}

/** An instant as a field for date and time shows it, in the person's own zone. */
export function localTime(instant: string | null | undefined): string {
  if (!instant) {
    return '';
  }
  const date = new Date(instant);
  const shifted = date.getTime() - date.getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 16);
}

export function instantOf(local: string): string | null {
  return local ? new Date(local).toISOString() : null;
}
