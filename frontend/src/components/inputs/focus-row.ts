// After a row was added, moved or removed the focus goes on where the person is.

/** Focus the first field of a row once it is drawn; `at` counts from 0. */
export function focusRow(box: HTMLElement | null, at: number): void {
  requestAnimationFrame(() => {
    const rows = box?.querySelectorAll<HTMLElement>(":scope > .inputrow, :scope > table > tbody > tr");
    const field = rows?.[at]?.querySelector<HTMLElement>("input, textarea, [role=combobox]");
    (field ?? box?.querySelector<HTMLElement>("button"))?.focus();
  });
}
