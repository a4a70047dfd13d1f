// Whether one of some texts has what a person looks for, in any case; an empty search finds everything.

export function has(sought: string, texts: readonly (string | null | undefined)[]): boolean {
  const part = sought.trim().toLowerCase();
  return part === "" || texts.some((text) => text?.toLowerCase().includes(part));
}
