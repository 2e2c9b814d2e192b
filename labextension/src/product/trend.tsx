import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { PastCheck, PromisePoint } from '../api/types';
import { useEnvironment } from '../components/environment';
import { exact, figure } from '../components/format';
import { slotStart } from './slot';
import { outcomeWord } from './words';

const STEP = 6;
const HEIGHT = 20;
/** Where bars stand: the line on which the words beside them are written. */
const BASE = 16;
const MOST = 20;
type Point = PromisePoint | null;

/**
 * A line of the history of one promise: the value as a curve where it is a number that moves, else a bar for each
 * check. What was not kept stands out by its shape. Pressing it shows the same as a table.
 */
export function Trend(props: {
  checks: PastCheck[];
  points: Point[];
  words: string;
  expanded: boolean;
  controls: string;
  onToggle: () => void;
}): JSX.Element {
  const { trans } = useEnvironment();
  const checks = props.checks.slice(-MOST);
  const points = props.points.slice(-MOST);
  const width = points.length * STEP;
  const heights = curve(points);
  const x = (at: number): number => (at + 0.5) * STEP;
  return (
    <button
      type="button"
      className="jp-mesh-trend"
      aria-expanded={props.expanded}
      aria-controls={props.controls}
      aria-label={trans.__(
        'History of: %1. %2',
        props.words,
        told(points, trans)
      )}
      onClick={props.onToggle}
    >
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        aria-hidden="true"
        focusable="false"
      >
        {heights && (
          <path className="jp-mesh-trend-line" d={path(heights, x)} />
        )}
        {points.map(
          (point, at) =>
            point &&
            (heights ? (
              <Dot
                key={at}
                x={x(at)}
                y={heights[at] ?? HEIGHT / 2}
                point={point}
                last={at === points.length - 1}
              />
            ) : (
              <Bar key={at} x={x(at)} point={point} />
            ))
        )}
        {points.map((point, at) => (
          <rect
            key={at}
            x={x(at) - STEP / 2}
            width={STEP}
            height={HEIGHT}
            fill="transparent"
          >
            <title>{pointWords(checks[at], point, trans)}</title>
          </rect>
        ))}
      </svg>
    </button>
  );
}

/** One check: low when kept, as high as it is bad when not; hollow when nothing was measured. */
function Bar({ x, point }: { x: number; point: PromisePoint }): JSX.Element {
  const height = {
    passed: 4,
    not_evaluated: 4,
    warned: 9,
    error: 14,
    failed: 14
  }[point.outcome];
  const hollow = point.outcome === 'not_evaluated' || point.outcome === 'error';
  const inset = hollow ? 0.5 : 0;
  return (
    <rect
      className="jp-mesh-trend-mark"
      data-outcome={point.outcome}
      data-hollow={hollow}
      x={x - 2 + inset}
      y={BASE - height + inset}
      width={4 - 2 * inset}
      height={height - 2 * inset}
    />
  );
}

/** A point of the curve that says more than the curve: one that was not kept, or the last. */
function Dot(props: {
  x: number;
  y: number;
  point: PromisePoint;
  last: boolean;
}): JSX.Element | null {
  const { x, y, point } = props;
  if (point.outcome === 'failed' || point.outcome === 'error') {
    return (
      <path
        className="jp-mesh-trend-mark"
        data-outcome={point.outcome}
        data-hollow
        d={`M${x - 2.5} ${y - 2.5}l5 5m0 -5l-5 5`}
      />
    );
  }
  if (point.outcome === 'passed' && !props.last) {
    return null;
  }
  const hollow = point.outcome !== 'passed';
  return (
    <circle
      className="jp-mesh-trend-mark"
      data-outcome={point.outcome}
      data-hollow={hollow}
      cx={x}
      cy={y}
      r={hollow ? 2.5 : 2}
    />
  );
}

/** How high each point is when the observed values are numbers of which two differ; null when they are not. */
function curve(points: Point[]): (number | null)[] | null {
  const seen = points.map(point =>
    typeof point?.observed === 'number' ? point.observed : null
  );
  const numbers = seen.filter((value): value is number => value !== null);
  const others = points.filter(
    point =>
      point && point.observed !== null && typeof point.observed !== 'number'
  );
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  if (others.length || numbers.length < 2 || low === high) {
    return null;
  }
  const room = HEIGHT - 8;
  return seen.map(value =>
    value === null ? null : 4 + room * (1 - (value - low) / (high - low))
  );
}

/** The curve, with a gap where nothing was seen. */
function path(heights: (number | null)[], x: (at: number) => number): string {
  let drawing = false;
  return heights
    .map((y, at) => {
      const command = y === null ? '' : `${drawing ? 'L' : 'M'}${x(at)} ${y}`;
      drawing = y !== null;
      return command;
    })
    .join('');
}

/** The picture in words. */
function told(points: Point[], trans: TranslationBundle): string {
  const made = points.filter((point): point is PromisePoint => point !== null);
  const last = made[made.length - 1];
  if (!last) {
    return '';
  }
  const counts = new Map<string, number>();
  for (const { outcome } of made) {
    const word = outcomeWord(outcome, trans);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const outcomes = [...counts].map(([word, number]) =>
    trans.__('%1: %2', word, number)
  );
  const heights = curve(points);
  const numbers = made
    .map(point => point.observed)
    .filter((value): value is number => typeof value === 'number');
  const values = heights
    ? trans.__(
        'Observed %1 to %2, last %3.',
        figure(Math.min(...numbers)),
        figure(Math.max(...numbers)),
        figure(last.observed)
      )
    : '';
  const checks = trans._n('%1 check.', '%1 checks.', made.length);
  return [checks, `${outcomes.join(', ')}.`, values].filter(Boolean).join(' ');
}

/** One check in words, for the tooltip. */
function pointWords(
  check: PastCheck,
  point: Point,
  trans: TranslationBundle
): string {
  const observed = point ? figure(point.observed) : '';
  return [
    exact(check.made),
    check.slot ? trans.__('slot %1', slotStart(check.slot)) : '',
    check.release === null
      ? trans.__('not published')
      : trans.__('release %1', check.release),
    point ? outcomeWord(point.outcome, trans) : trans.__('Not promised'),
    observed ? trans.__('observed %1', observed) : ''
  ]
    .filter(Boolean)
    .join('\n');
}
