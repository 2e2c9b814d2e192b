/** What pauses and subscriptions are about: a product, or a whole domain. */

export function isDomain(target: string): boolean {
  return !target.includes('.');
}
