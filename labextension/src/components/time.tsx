import * as React from 'react';

import { exact, relative } from './format';

/** Redraws every 20 seconds while the page is looked at. */
function useNow(): number {
  const [now, setNow] = React.useState(Date.now);
  React.useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) {
        setNow(Date.now());
      }
    }, 20_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** "6 minutes ago", with the exact instant in the person's zone on hover. */
export function RelativeTime(props: {
  instant: string;
  narrow?: boolean;
}): JSX.Element {
  const now = useNow();
  return (
    <time dateTime={props.instant} title={exact(props.instant)}>
      {relative(
        props.instant,
        Math.max(now, Date.now()),
        props.narrow ? 'narrow' : 'long'
      )}
    </time>
  );
}
