/** The vocabulary of notices, in the person's language. */

import type { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { HealthState, NoticeKind } from '../api/types';

export const KINDS: NoticeKind[] = [
  'failed',
  'late',
  'breached',
  'recovered',
  'changed',
  'review',
  'breaking'
];

/** What happened to a product, as the rest of a sentence that begins with its name. */
export function happened(kind: NoticeKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'failed':
      return trans.__('failed');
    case 'late':
      return trans.__('is late');
    case 'breached':
      return trans.__('broke its contract');
    case 'recovered':
      return trans.__('is well again');
    case 'changed':
      return trans.__('changes');
    case 'review':
      return trans.__('is under review');
    case 'breaking':
      return trans.__('breaks what you use');
  }
}

/** The same in one or two words, for a narrow row. */
export function short(kind: NoticeKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'failed':
      return trans.__('failed');
    case 'late':
      return trans.__('late');
    case 'breached':
      return trans.__('breached');
    case 'recovered':
      return trans.__('well again');
    case 'changed':
      return trans.__('changes');
    case 'review':
      return trans.__('review');
    case 'breaking':
      return trans.__('breaking');
  }
}

/** A channel as people call it; one that a plugin adds keeps its name. */
export function channelWord(name: string, trans: TranslationBundle): string {
  switch (name) {
    case 'lab':
      return trans.__('In JupyterLab');
    case 'email':
      return trans.__('E-mail');
    case 'webhook':
      return trans.__('Webhook');
    case 'apprise':
      return trans.__('Chats and others, by apprise');
    default:
      return name;
  }
}

/** When one is told of a kind, for those who choose. */
export function when(kind: NoticeKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'failed':
      return trans.__('Its run failed for good');
    case 'late':
      return trans.__('It is late, also when nothing ran');
    case 'breached':
      return trans.__('Its data broke the contract');
    case 'recovered':
      return trans.__('It is well again');
    case 'changed':
      return trans.__('It is deprecated, retired or rolled back');
    case 'review':
      return trans.__('A change of it waits for approval, or is decided');
    case 'breaking':
      return trans.__('A change takes away what its readers use');
  }
}

/** The state of health whose shape stands for a kind. */
export function stateOf(kind: NoticeKind): HealthState {
  switch (kind) {
    case 'recovered':
      return 'kept';
    case 'changed':
    case 'review':
      return 'kept_partly';
    case 'breaking':
      return 'late';
    default:
      return kind;
  }
}

export function typeOf(kind: NoticeKind): Notification.TypeOptions {
  switch (kind) {
    case 'recovered':
      return 'success';
    case 'late':
    case 'breaking':
      return 'warning';
    case 'changed':
    case 'review':
      return 'info';
    default:
      return 'error';
  }
}
