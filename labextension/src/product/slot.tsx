import * as React from 'react';

import type { SlotTime } from '../api/types';
import { exact } from '../components/format';

/** When a slot begins, in the zone of its schedule. */
export function slotStart({ start, timezone }: SlotTime): string {
  return new Date(start).toLocaleString(undefined, {
    timeZone: timezone,
    dateStyle: 'medium',
    timeStyle: 'short'
  });
}

/** A slot by its begin, with all of it in the tooltip. */
export function SlotName({ slot }: { slot: SlotTime }): JSX.Element {
  return (
    <span
      title={`${exact(slot.start)} – ${exact(slot.end)} (${slot.timezone})`}
    >
      {slotStart(slot)}
    </span>
  );
}
