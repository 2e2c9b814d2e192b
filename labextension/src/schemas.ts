/** JSON Schemas of command arguments that several commands share. */

import type { ReadonlyJSONObject } from '@lumino/coreutils';

export const NO_ARGS: ReadonlyJSONObject = { type: 'object', properties: {} };

/** A command that works on one product; without it the product in view is meant. */
export function productArgs(
  description: string,
  more: ReadonlyJSONObject = {}
): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      product: {
        type: 'string',
        description,
        examples: ['flight_ops.flights']
      },
      ...more
    }
  };
}
