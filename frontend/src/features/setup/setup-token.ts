// The one-time token that the server prints at its first start: in the address behind `#setup=`, or pasted.

/** The token in `#setup=…`; null: there is none. */
export function tokenInHash(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("setup") || null;
}

/** The token in what a person pasted: the printed address, or the token alone. */
export function pastedToken(text: string): string {
  const pasted = text.trim();
  const hash = pasted.indexOf("#");
  return (hash >= 0 ? tokenInHash(pasted.slice(hash)) : null) ?? pasted;
}
