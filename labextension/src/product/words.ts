/** The vocabulary of states, in the person's language. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  Outcome,
  ProductStatus,
  Run,
  RunState,
  StepTime
} from '../api/types';

export function statusWord(
  status: ProductStatus,
  trans: TranslationBundle
): string {
  switch (status) {
    case 'proposed':
      return trans.__('proposed');
    case 'draft':
      return trans.__('draft');
    case 'active':
      return trans.__('active');
    case 'deprecated':
      return trans.__('deprecated');
    case 'retired':
      return trans.__('retired');
  }
}

export function stateWord(state: RunState, trans: TranslationBundle): string {
  switch (state) {
    case 'queued':
      return trans.__('Queued');
    case 'starting':
      return trans.__('Starting');
    case 'running':
      return trans.__('Running');
    case 'checking':
      return trans.__('Checking');
    case 'publishing':
      return trans.__('Publishing');
    case 'succeeded':
      return trans.__('Succeeded');
    case 'unchanged':
      return trans.__('Unchanged');
    case 'failed':
      return trans.__('Failed');
    case 'cancelled':
      return trans.__('Cancelled');
  }
}

export function outcomeWord(
  outcome: Outcome,
  trans: TranslationBundle
): string {
  switch (outcome) {
    case 'passed':
      return trans.__('Kept');
    case 'failed':
      return trans.__('Broken');
    case 'warned':
      return trans.__('Warning');
    case 'error':
      return trans.__('Error');
    case 'not_evaluated':
      return trans.__('Not evaluated');
  }
}

export function triggerWord(
  trigger: Run['trigger'],
  trans: TranslationBundle
): string {
  switch (trigger) {
    case 'manual':
      return trans.__('by hand');
    case 'schedule':
      return trans.__('schedule');
    case 'backfill':
      return trans.__('backfill');
    case 'promotion':
      return trans.__('promotion');
    case 'retry':
      return trans.__('retry');
  }
}

export function failureWord(
  failureClass: string,
  trans: TranslationBundle
): string {
  switch (failureClass) {
    case 'user_code':
      return trans.__('The notebook failed');
    case 'contract':
      return trans.__('The contract was not kept; nothing was published');
    case 'missing_output':
      return trans.__('A declared output is missing');
    case 'environment':
      return trans.__('The environment does not fit');
    case 'timeout':
      return trans.__('It took too long');
    case 'lost':
      return trans.__('The worker was lost');
    default:
      return trans.__('Something it depends on failed');
  }
}

export function stepWord(
  step: StepTime['step'],
  trans: TranslationBundle
): string {
  switch (step) {
    case 'queue':
      return trans.__('Queue');
    case 'start':
      return trans.__('Start');
    case 'run':
      return trans.__('Run');
    case 'check':
      return trans.__('Check');
    case 'publish':
      return trans.__('Publish');
  }
}
