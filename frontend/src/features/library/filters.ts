// Which graphs are shown: what stands in the address, and what the server is asked for.

import type { GraphsWanted } from "@/lib/api/graphs";

/** As in the address; a folder that is empty: graphs in none. */
export type LibrarySearch = {
  q?: string | undefined;
  folder?: string | undefined;
  tag?: string | undefined;
  sort?: string | undefined;
};

const LONGEST_SEARCH = 200;

export function wantedGraphs({ q, folder, tag, sort }: LibrarySearch): GraphsWanted {
  const text = q?.trim().slice(0, LONGEST_SEARCH);
  return {
    sort: sort === "name" ? "name" : "updated",
    ...(text ? { q: text } : {}),
    ...(folder !== undefined ? { folder } : {}),
    ...(tag ? { tag } : {}),
  };
}

/** Whether something is left out. */
export function isFiltered(wanted: GraphsWanted): boolean {
  return wanted.q !== undefined || wanted.folder !== undefined || wanted.tag !== undefined;
}

/** A choice of a list knows no empty value, and a folder's name may be any text: each gets a mark in front. */
export const ALL = "all";

export function choiceOf(value: string | undefined): string {
  return value === undefined ? ALL : `one:${value}`;
}

export function chosenValue(choice: string): string | undefined {
  return choice.startsWith("one:") ? choice.slice("one:".length) : undefined;
}

/** Templates whose title, description or tags hold every word that was typed. */
export function fittingTemplates<T extends { title: string; description: string; tags: readonly string[] }>(
  templates: readonly T[],
  text: string,
  tag: string | null,
): readonly T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((template) => {
    const all = [template.title, template.description, ...template.tags].join(" ").toLowerCase();
    return words.every((word) => all.includes(word)) && (tag === null || template.tags.includes(tag));
  });
}

/** The tags that at least two templates have, the commonest first. */
export function commonTags(templates: readonly { tags: readonly string[] }[], most = 6): readonly string[] {
  const counts = new Map<string, number>();
  for (const tag of templates.flatMap((template) => template.tags))
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort(([a, many], [b, few]) => few - many || a.localeCompare(b))
    .slice(0, most)
    .map(([tag]) => tag);
}

const MOST_TAGS = 20;
const LONGEST_TAG = 60;

export type Tags = { tags: string[]; error: string | null };

/** Tags as they are typed, with commas between them; doubles count once. */
export function typedTags(text: string): Tags {
  const tags = [
    ...new Set(
      text
        .split(",")
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ];
  const long = tags.find((tag) => tag.length > LONGEST_TAG);
  if (long)
    return {
      tags,
      error: `“${long.slice(0, 20)}…” is too long. A tag has at most ${LONGEST_TAG} characters.`,
    };
  if (tags.length > MOST_TAGS)
    return { tags, error: `These are ${tags.length} tags. Keep at most ${MOST_TAGS}.` };
  return { tags, error: null };
}
