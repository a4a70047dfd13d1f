// Templates: texts in which `{{ name }}` stands where a value goes.

export type TemplatePart = {
  /** Where it begins: tells it from the others. */
  at: number;
  text: string;
  isToken: boolean;
};

const TOKEN = /\{\{.*?\}\}|\{%.*?%\}/gs;
const NAME = /\{\{-?\s*([A-Za-z_]\w*)/g;

/** The text in pieces: plain ones, and those that a value or a rule stands for. */
export function templateParts(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) parts.push({ at: end, text: text.slice(end, match.index), isToken: false });
    parts.push({ at: match.index, text: match[0], isToken: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ at: end, text: text.slice(end), isToken: false });
  return parts;
}

/** The names of values that a template asks for. */
export function templateNames(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(NAME)].map((match) => match[1] ?? ""));
}

/** A name that a template can have: "Issue title" is issue_title. */
export function asName(text: string): string {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z_]/.test(name) ? name : `value_${name}`.replace(/_$/, "");
}

/** The text with `{{ name }}` in the place of what is chosen in it, and where the caret is then. */
export function withToken(
  text: string,
  from: number,
  to: number,
  name: string,
): { text: string; caret: number } {
  const token = `{{ ${name} }}`;
  return { text: text.slice(0, from) + token + text.slice(to), caret: from + token.length };
}
