// A thing to be read from the server: under which key it is kept, and how it is fetched. React Query takes it as it is.

export type Query<T> = {
  queryKey: readonly unknown[];
  queryFn: (context: { signal: AbortSignal }) => Promise<T>;
};

export function query<T>(queryKey: readonly unknown[], queryFn: Query<T>["queryFn"]): Query<T> {
  return { queryKey, queryFn };
}

/** All pages of a list, one after the other. Only for lists that a person can have few of. */
export async function allPages<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
