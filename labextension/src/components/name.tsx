import * as React from 'react';

const TAIL = 8;

/** A name that is cut in the middle when there is no room: its end often tells it from others. */
export function Name(props: {
  text: string;
  title?: string;
  className?: string;
}): JSX.Element {
  const { text } = props;
  const split = text.length > 2 * TAIL ? text.length - TAIL : text.length;
  return (
    <span
      className={`jp-mesh-name ${props.className ?? ''}`}
      title={props.title ?? text}
      aria-label={text}
    >
      <span className="jp-mesh-name-head" aria-hidden="true">
        {text.slice(0, split)}
      </span>
      {split < text.length && (
        <span className="jp-mesh-name-tail" aria-hidden="true">
          {text.slice(split)}
        </span>
      )}
    </span>
  );
}
