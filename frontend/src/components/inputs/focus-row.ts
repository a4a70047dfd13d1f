// After a row was added, moved or removed the focus goes on where the person is.

import { flushSync } from "react-dom";

/**
 * Make the change, draw it, and focus the first field of a row; `at` counts from 0.
 * All at once: a focus that came a frame later took the keys of somebody who types already.
 */
export function changeAndFocusRow(box: HTMLElement | null, at: number, change: () => void): void {
  flushSync(change);
  const rows = box?.querySelectorAll<HTMLElement>(":scope > .inputrow, :scope > table > tbody > tr");
  const field = rows?.[at]?.querySelector<HTMLElement>("input, textarea, [role=combobox]");
  (field ?? box?.querySelector<HTMLElement>("button"))?.focus();
}
