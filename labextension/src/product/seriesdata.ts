/** What changed from run to run: the figures of each run that is over, the oldest first. It knows no DOM. */

import type { Outcome, Run, StepTime } from '../api/types';

export type Step = StepTime['step'];
export const STEPS: readonly Step[] = [
  'queue',
  'start',
  'run',
  'check',
  'publish'
];

/** Outcomes of promises from the bottom of a bar to its top; trouble stands on top. */
export const OUTCOMES: readonly Outcome[] = [
  'passed',
  'not_evaluated',
  'warned',
  'error',
  'failed'
];

export interface IRunFigures {
  run: Run;
  /** When it ended. */
  at: string;
  /** Staged rows and bytes of all outputs; null when it staged nothing. */
  rows: number | null;
  bytes: number | null;
  /** Milliseconds of each step of its newest attempt that has begun; empty when none was recorded. */
  steps: Partial<Record<Step, number>>;
  /** Promises by outcome; empty when it was not checked. */
  checks: Partial<Record<Outcome, number>>;
}

/** The figures of the runs that are over, from the newest first to the oldest first. */
export function figuresOf(runs: Run[]): IRunFigures[] {
  return runs
    .flatMap(run => (run.finished ? [figures(run, run.finished)] : []))
    .sort((one, other) => one.at.localeCompare(other.at));
}

function figures(run: Run, at: string): IRunFigures {
  const steps: Partial<Record<Step, number>> = {};
  for (const { step, began, ended } of run.steps) {
    const length = new Date(ended ?? at).getTime() - new Date(began).getTime();
    steps[step] = (steps[step] ?? 0) + Math.max(0, length);
  }
  return {
    run,
    at,
    rows: total(run.rows),
    bytes: total(run.bytes),
    steps,
    checks: run.checks
  };
}

function total(byOutput: Record<string, number>): number | null {
  const numbers = Object.values(byOutput);
  return numbers.length ? numbers.reduce((sum, one) => sum + one, 0) : null;
}

/** The sum of the named parts; null when none of them is known. */
export function sumOf<Part extends string>(
  parts: Partial<Record<Part, number>>,
  named: readonly Part[]
): number | null {
  const known = named.flatMap(part => parts[part] ?? []);
  return known.length ? known.reduce((sum, one) => sum + one, 0) : null;
}
