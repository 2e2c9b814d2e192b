import * as React from 'react';

import type { RunState } from '../api/types';

const WIDTH = 300;
const HEIGHT = 72;
/** Room below for the marks of runs that did not succeed. */
const FOOT = 12;
const BASE = HEIGHT - FOOT;
const WIDEST_BAR = 14;
/** A part that is there is seen, however small. */
const LEAST = 2.5;

/** One part of a run's bar; `kind` says how it is drawn. */
export interface IPart {
  kind: string;
  value: number;
}

/** For each place what it shows: a height of the curve, or a bar of parts; null for nothing. */
export type Places =
  | { form: 'curve'; values: (number | null)[] }
  | { form: 'bars'; values: IPart[][] };

/**
 * A picture of one figure, run by run or day by day. It says nothing that the words and the table beside it do not say, so it is
 * hidden from screen readers.
 */
export function SeriesPlot(props: {
  places: Places;
  /** How the runs ended, when places are runs. */
  states?: RunState[];
  chosen: number;
  onChoose: (at: number) => void;
  onOpen?: (at: number) => void;
}): JSX.Element {
  const { places, states = [], chosen } = props;
  const length = places.values.length;
  const step = WIDTH / length;
  const x = (at: number): number => (at + 0.5) * step;
  const placeOf = (event: React.MouseEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * length);
    return Math.min(length - 1, Math.max(0, at));
  };
  return (
    <svg
      className="jp-mesh-series-plot"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      focusable="false"
      onMouseMove={event => props.onChoose(placeOf(event))}
      onClick={event => props.onOpen?.(placeOf(event))}
    >
      <rect
        className="jp-mesh-series-cursor"
        x={chosen * step}
        width={step}
        height={HEIGHT}
      />
      <line className="jp-mesh-series-base" x2={WIDTH} y1={BASE} y2={BASE} />
      {places.form === 'curve' ? (
        <Curve values={places.values} x={x} step={step} chosen={chosen} />
      ) : (
        <Bars values={places.values} x={x} step={step} />
      )}
      {states.map((state, at) => (
        <Mark key={at} state={state} x={x(at)} />
      ))}
    </svg>
  );
}

/** From zero, so that heights compare; when all lie close together from near the least, which the labels say. */
export function bounds(values: (number | null)[]): [number, number] {
  const numbers = values.filter((value): value is number => value !== null);
  const high = Math.max(0, ...numbers);
  const low = Math.min(...numbers);
  if (!numbers.length || low <= high * 0.8 || low === high) {
    return [0, high];
  }
  return [low, high];
}

function Curve(props: {
  values: (number | null)[];
  x: (at: number) => number;
  step: number;
  chosen: number;
}): JSX.Element {
  const { values, x, step, chosen } = props;
  const [low, high] = bounds(values);
  const foot = low > 0 ? 6 : 0; // A curve that does not begin at zero does not touch the ground.
  const y = (value: number): number =>
    high === low
      ? BASE
      : BASE - foot - ((value - low) / (high - low)) * (BASE - foot - 4);
  let drawing = false;
  const path = values
    .map((value, at) => {
      if (value === null) {
        return ''; // Runs that staged nothing are stepped over.
      }
      const command = `${drawing ? 'L' : 'M'}${x(at)} ${y(value)}`;
      drawing = true;
      return command;
    })
    .join('');
  return (
    <>
      <path className="jp-mesh-series-line" d={path} />
      {values.map(
        (value, at) =>
          value !== null &&
          (step >= 8 || at === chosen || at === values.length - 1) && (
            <circle
              key={at}
              className="jp-mesh-series-dot"
              cx={x(at)}
              cy={y(value)}
              r={at === chosen ? 3.5 : 2}
            />
          )
      )}
    </>
  );
}

function Bars(props: {
  values: IPart[][];
  x: (at: number) => number;
  step: number;
}): JSX.Element {
  const { values, x, step } = props;
  const width = Math.min(WIDEST_BAR, Math.max(1, step * 0.75));
  const sums = values.map(parts =>
    parts.reduce((sum, part) => sum + part.value, 0)
  );
  const scale = (BASE - 6) / Math.max(...sums, Number.MIN_VALUE);
  return (
    <>
      {values.map((parts, at) => {
        let top = BASE;
        return parts
          .filter(part => part.value > 0)
          .map(part => {
            const height = Math.min(top, Math.max(LEAST, part.value * scale));
            top -= height;
            return (
              <rect
                key={`${at} ${part.kind}`}
                className="jp-mesh-series-part"
                data-part={part.kind}
                x={x(at) - width / 2}
                y={top}
                width={width}
                height={height}
              />
            );
          });
      })}
    </>
  );
}

/** Below the ground: a cross for a run that failed, a dash for one that was cancelled. */
function Mark({
  state,
  x
}: {
  state: RunState;
  x: number;
}): JSX.Element | null {
  const y = BASE + FOOT / 2;
  const d = {
    failed: `M${x - 3} ${y - 3}l6 6m0 -6l-6 6`,
    cancelled: `M${x - 3} ${y}h6`
  }[state as string];
  return d ? (
    <path className="jp-mesh-series-mark" data-state={state} d={d} />
  ) : null;
}
