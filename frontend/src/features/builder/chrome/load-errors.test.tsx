import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { LoadErrorList } from "@/features/builder/chrome/load-errors";
import { useReloading } from "@/features/builder/chrome/use-reloading";
import type { LoadError } from "@/lib/api/catalogue";
import { keys } from "@/lib/api/keys";
import { catalogueOf } from "@/test/graphs";

const BROKEN: LoadError = {
  file: "backend/blocks/text/words.py",
  line: 12,
  message: "NameError: name '<b>Blok</b>' is not defined",
  at: "2026-01-31T12:00:00Z",
};

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const followed = (revision: number | null) => Object.assign(catalogueOf(), { revision });

function Followed({ revision }: { revision: number | null }) {
  return <LoadErrorList errors={useReloading(followed(revision))} />;
}

function show(revision: number | null): QueryClient {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(keys.blocks, followed(revision));
  render(
    <QueryClientProvider client={client}>
      <Followed revision={revision} />
    </QueryClientProvider>,
  );
  return client;
}

test("a file that does not load is told with its line, as plain text, and no more once it is mended", async () => {
  let items = [BROKEN];
  server.use(http.get("*/api/blocks/load-errors", () => HttpResponse.json({ items, revision: 5 })));
  show(5);
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("backend/blocks/text/words.py:12");
  expect(alert.textContent).toContain("NameError: name '<b>Blok</b>' is not defined");
  items = [];
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull(), { timeout: 2_500 });
});

test("what is meant as a whole has no line", () => {
  render(<LoadErrorList errors={[{ ...BROKEN, line: null }, BROKEN]} />);
  expect(screen.getByRole("alert").textContent).toContain("2 files do not load");
  expect(screen.getAllByText(/words\.py/).map((code) => code.textContent)).toEqual([
    "backend/blocks/text/words.py",
    "backend/blocks/text/words.py:12",
  ]);
});

test("of many files the first are shown, and how many more there are", () => {
  const many = Array.from({ length: 8 }, (_, line) => ({ ...BROKEN, line }));
  render(<LoadErrorList errors={many} />);
  expect(screen.getAllByRole("listitem")).toHaveLength(6);
  expect(screen.getByText("And 3 more.")).toBeDefined();
});

test("blocks are read anew when the server has newer ones, and not before", async () => {
  let revision = 5;
  server.use(http.get("*/api/blocks/load-errors", () => HttpResponse.json({ items: [], revision })));
  const client = show(5);
  const isOld = () => client.getQueryState(keys.blocks)?.isInvalidated;
  await waitFor(() => expect(client.getQueryData(keys.loadErrors)).toEqual({ items: [], revision: 5 }));
  expect(isOld()).toBe(false);
  revision = 6;
  await waitFor(() => expect(isOld()).toBe(true), { timeout: 2_500 });
});

test("a server whose blocks stay is not asked", async () => {
  let asked = 0;
  server.use(
    http.get("*/api/blocks/load-errors", () => {
      asked += 1;
      return HttpResponse.json({ items: [BROKEN], revision: null });
    }),
  );
  show(null);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(asked).toBe(0);
  expect(screen.queryByRole("alert")).toBeNull();
});
