import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useEnvironment } from '../components/environment';
import { share } from '../components/format';

const STEPS = [0.9, 0.99, 0.999];
const BARS = STEPS.length + 1;

/** How sure a proposal is: in words, with as many bars filled as the words say. */
export function Confidence({ value }: { value: number }): JSX.Element {
  const { trans } = useEnvironment();
  const filled = 1 + STEPS.filter(step => value >= step).length;
  const why =
    value < 1
      ? trans.__(
          'As far as this data shows, the next row keeps it with a likelihood of %1.',
          share(value, 4)
        )
      : trans.__('It is so by the form of this data, or because you said so.');
  return (
    <span className="jp-mesh-confidence" title={why}>
      <svg
        viewBox="0 0 19 10"
        width="19"
        height="10"
        aria-hidden="true"
        focusable="false"
      >
        {[...Array(BARS).keys()].map(bar => (
          <rect
            key={bar}
            x={bar * 5 + 0.5}
            y={7.5 - 2 * bar}
            width="3"
            height={2 + 2 * bar}
            fill={bar < filled ? 'currentColor' : 'none'}
            stroke="currentColor"
          />
        ))}
      </svg>
      {confidenceWord(filled, value, trans)}
    </span>
  );
}

function confidenceWord(
  filled: number,
  value: number,
  trans: TranslationBundle
): string {
  if (value === 1) {
    return trans.__('certain');
  }
  switch (filled) {
    case 4:
      return trans.__('almost certain');
    case 3:
      return trans.__('very likely');
    case 2:
      return trans.__('likely');
    default:
      return trans.__('a guess');
  }
}
