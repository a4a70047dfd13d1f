// Controls keep what they cannot read where it was typed; what is stored is still the value before it.

/** The first control of a form with such a text: sent as it is, the form would carry what nobody sees. */
export function unreadControl(form: HTMLElement): HTMLElement | null {
  return form.querySelector<HTMLElement>('[data-unread] [aria-invalid="true"]');
}
