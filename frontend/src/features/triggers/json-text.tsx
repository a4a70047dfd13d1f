// JSON as a person reads it: in lines, names, texts and figures apart by colour.

/** The same value in lines; null: the text is not JSON. */
export function asJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

export function JsonText({ text }: { text: string }) {
  return tokens(text).map((token) =>
    token.kind === "" ? (
      token.text
    ) : (
      <span key={token.at} className={token.kind}>
        {token.text}
      </span>
    ),
  );
}

type Token = { at: number; text: string; kind: "" | "k" | "s" | "n" };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [, quoted, colon, plain] = match;
    if (match.index > end) found.push({ at: end, text: text.slice(end, match.index), kind: "" });
    if (quoted !== undefined) found.push({ at: match.index, text: quoted, kind: colon ? "k" : "s" });
    if (colon) found.push({ at: match.index + (quoted?.length ?? 0), text: colon, kind: "" });
    if (plain !== undefined) found.push({ at: match.index, text: plain, kind: "n" });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ at: end, text: text.slice(end), kind: "" });
  return found;
}
