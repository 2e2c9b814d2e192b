import * as React from 'react';

import { ProblemNote } from './message';
import { useResource } from './resource';
import type { Resource } from './resource';
import { Skeleton } from './skeleton';

/** Draws a fetched value; before it the shape of it, and trouble above what was last known. */
export function Loaded<Value>(props: {
  resource: Resource<Value>;
  lines?: number;
  children: (value: Value) => React.ReactNode;
}): JSX.Element {
  const { value, problem, failingSince, loading } = useResource(props.resource);
  return (
    <>
      {problem && (
        <ProblemNote
          problem={problem}
          since={value === null ? null : failingSince}
          retry={() => void props.resource.load()}
        />
      )}
      {value !== null && (
        <div className={problem ? 'jp-mesh-stale' : 'jp-mesh-fresh'}>
          {props.children(value)}
        </div>
      )}
      {value === null && loading && <Skeleton lines={props.lines} />}
    </>
  );
}
