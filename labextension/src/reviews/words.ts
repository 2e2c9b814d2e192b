/** The vocabulary of reviews, in the person's language. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ProposalState, ReviewRule, Role } from '../api/types';

/** "2 approvals by domain owner or governance". */
export function ruleWords(rule: ReviewRule, trans: TranslationBundle): string {
  const roles = rule.roles.map(role => roleWord(role, trans));
  return trans._n(
    '%1 approval by %2',
    '%1 approvals by %2',
    rule.approvals,
    roles.join(trans.__(' or '))
  );
}

export function stateWord(
  state: ProposalState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'open':
      return trans.__('waits');
    case 'promoted':
      return trans.__('promoted');
    case 'sent_back':
      return trans.__('sent back');
    case 'replaced':
      return trans.__('replaced by a newer one');
    case 'withdrawn':
      return trans.__('withdrawn');
  }
}

function roleWord(role: Role, trans: TranslationBundle): string {
  switch (role) {
    case 'platform_admin':
      return trans.__('platform administrator');
    case 'governance':
      return trans.__('governance');
    case 'domain_owner':
      return trans.__('domain owner');
    case 'producer':
      return trans.__('producer');
    case 'consumer':
      return trans.__('consumer');
  }
}
