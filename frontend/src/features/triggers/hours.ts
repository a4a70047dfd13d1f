// How many deliveries came in each of the last 24 hours.

import type { Delivery } from "@/lib/api/webhooks";

export const HOURS = 24;
const HOUR_MS = 3_600_000;

export type Hour = { started: number; ignored: number; failed: number };

/** Oldest hour first; the last one ends now. */
export function byHour(deliveries: readonly Delivery[], nowMs: number): readonly Hour[] {
  const hours = Array.from({ length: HOURS }, (): Hour => ({ started: 0, ignored: 0, failed: 0 }));
  for (const { received_at: at, state } of deliveries) {
    const ago = Math.max(0, Math.floor((nowMs - Date.parse(at)) / HOUR_MS));
    const hour = hours[HOURS - 1 - ago];
    if (hour) hour[state] += 1;
  }
  return hours;
}

/** Whether no delivery of the last 24 hours is left out: all are there, or the oldest is from before. */
export function coversDay(deliveries: readonly Delivery[], isComplete: boolean, nowMs: number): boolean {
  const oldest = deliveries.at(-1);
  return isComplete || (oldest !== undefined && nowMs - Date.parse(oldest.received_at) > HOURS * HOUR_MS);
}
