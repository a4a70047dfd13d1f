// JSON values as they come from the server: what they are, and how they are said in one line.

/** An object of JSON: not null, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value that is too long to come along: its beginning, its size, and where all of it is. */
export type LongValue = { $preview: unknown; size_bytes: number; href: string };

export function isLong(value: unknown): value is LongValue {
  return isRecord(value) && "$preview" in value && typeof value.href === "string";
}

/** The value itself where it stands in an envelope because it looked like a long one. */
export function unwrapped(value: unknown): unknown {
  return isRecord(value) && Object.keys(value).length === 1 && "$value" in value ? value.$value : value;
}

/** What a text says where it is JSON, else the text itself. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value in one line of at most `most` characters: text as it is, all else as JSON. */
export function inOneLine(value: unknown, most = 120): string {
  const inner = isLong(value) ? value.$preview : unwrapped(value);
  const text = typeof inner === "string" ? inner : (JSON.stringify(inner) ?? "nothing");
  const line = text.slice(0, most * 2).replace(/\s+/g, " ");
  return line.length > most || text.length > most * 2 ? `${line.slice(0, most - 1)}…` : line;
}
