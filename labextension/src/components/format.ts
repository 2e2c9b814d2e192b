/** Numbers, moments and names as people read them, in the person's own zone and language. */

import type { TranslationBundle } from '@jupyterlab/translation';

/** A number with thousands separators. */
export function count(number: number): string {
  return number.toLocaleString(undefined, { maximumFractionDigits: 6 });
}

/** An instant in the person's zone, exact to the second. */
export function exact(instant: string): string {
  return new Date(instant).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'long'
  });
}

/** A day of the calendar, whatever the person's zone is: "31 Jan 2013" of 2013-01-31. */
export function day(date: string): string {
  return new Date(date).toLocaleDateString(undefined, {
    dateStyle: 'medium',
    timeZone: 'UTC'
  });
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60]
];

/** How far an instant is away: "6 minutes ago", "in 2 hours". */
export function relative(
  instant: string,
  now: number,
  style: 'long' | 'narrow' = 'long'
): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(undefined, {
    numeric: 'auto',
    style
  });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) {
      return format.format(Math.trunc(seconds / size), unit);
    }
  }
  return Math.abs(seconds) < 10
    ? format.format(0, 'second')
    : format.format(Math.trunc(seconds), 'second');
}

/** A duration: "0.4 s", "12 s", "3 min 5 s". */
export function duration(
  milliseconds: number,
  trans: TranslationBundle
): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) {
    return trans.__('%1 s', seconds.toFixed(1));
  }
  if (seconds < 60) {
    return trans.__('%1 s', Math.round(seconds));
  }
  const whole = Math.round(seconds);
  return trans.__('%1 min %2 s', Math.floor(whole / 60), whole % 60);
}

/** A size: "1.2 MB". */
export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = Math.min(
    units.length - 1,
    size > 0 ? Math.floor(Math.log(size) / Math.log(1000)) : 0
  );
  return (size / 1000 ** power).toLocaleString(undefined, {
    style: 'unit',
    unit: units[power],
    unitDisplay: 'short',
    maximumFractionDigits: power ? 1 : 0
  });
}

/** What was observed of a promise: whole numbers exactly, others to six digits, text as it is. */
export function figure(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return value.toLocaleString(undefined, { maximumSignificantDigits: 6 });
  }
  return typeof value === 'number' ? count(value) : shortValue(value);
}

/** A part of a whole: 0.0068 is "0.68%". */
export function share(part: number, digits = 3): string {
  return part.toLocaleString(undefined, {
    style: 'percent',
    maximumSignificantDigits: digits
  });
}

/** Any value in a few words. */
export function shortValue(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value === 'number') {
    return value.toLocaleString(undefined, {
      maximumFractionDigits: 6,
      useGrouping: false
    });
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
