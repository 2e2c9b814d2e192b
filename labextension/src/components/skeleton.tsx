import * as React from 'react';

import { useEnvironment } from './environment';

const PATIENCE_MS = 300;

/** The shape of what comes, after 300 ms only: what comes sooner needs no announcement. */
export function Skeleton(props: { lines?: number }): JSX.Element | null {
  const { trans } = useEnvironment();
  const [shown, setShown] = React.useState(false);
  React.useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) {
    return null;
  }
  return (
    <div
      className="jp-mesh-skeleton"
      role="status"
      aria-label={trans.__('Loading')}
    >
      {Array.from({ length: props.lines ?? 4 }, (_, line) => (
        <span key={line} style={{ width: `${90 - ((line * 17) % 45)}%` }} />
      ))}
    </div>
  );
}
