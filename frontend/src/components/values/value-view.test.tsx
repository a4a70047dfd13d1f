import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { TooltipProvider } from "@/components/ui/tooltip";
import { piecesOf } from "@/components/values/text-view";
import { ValueView } from "@/components/values/value-view";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

function show(value: unknown) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <ValueView value={value} label="Result" />
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

describe("ValueView", () => {
  it.each([
    [undefined, "No value"],
    [null, "Nothing (null)"],
    ["", "Empty text"],
    [[], "Empty list"],
    [{}, "Empty object"],
  ])("says of %j that it is nothing", (value, words) => {
    show(value);
    expect(screen.getByText(words)).toBeTruthy();
  });

  it("shows text with its lines, and HTML as its source", () => {
    show("<b>bold</b>\nsecond");
    expect(screen.getByRole("region", { name: "Result" }).textContent).toBe("<b>bold</b>\nsecond");
    expect(document.querySelector("b")).toBeNull();
  });

  it("shows a list of objects as a table, page by page, or as a tree", async () => {
    const user = userEvent.setup();
    show(Array.from({ length: 60 }, (_, id) => ({ id, name: `Person ${id}` })));
    const table = screen.getByRole("table");
    expect(within(table).getByText("Person 24")).toBeTruthy();
    expect(within(table).queryByText("Person 25")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Rows behind" }));
    expect(screen.getByText("Person 25")).toBeTruthy();
    expect(screen.getByText("26 to 50 of 60")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: "Tree" }));
    expect(screen.queryByRole("table")).toBeNull();
  });

  it("folds branches and finds what one searches for", async () => {
    const user = userEvent.setup();
    show({ person: { name: "Ada", born: { year: 1815 } }, list: Array.from({ length: 20 }, (_, at) => at) });
    await user.click(screen.getByRole("button", { name: "Close person" }));
    expect(screen.queryByText("born")).toBeNull();
    await user.type(screen.getByRole("searchbox"), "1815");
    await waitFor(() => expect(screen.getByText("1 match")).toBeTruthy());
    expect(screen.getByText("born")).toBeTruthy();
    expect(screen.queryByText("list")).toBeNull();
  });

  it("takes a text that is JSON for what it says, if one wants", async () => {
    const user = userEvent.setup();
    show('{"status": 401}');
    expect(screen.getByRole("region", { name: "Result" }).textContent).toBe('{"status": 401}');
    await user.click(screen.getByRole("radio", { name: "Tree" }));
    expect(screen.getByText("401").className).toBe("n");
  });

  it("shows the beginning of a long value and loads the rest when asked", async () => {
    const user = userEvent.setup();
    server.use(http.get("*/api/runs/r/values/7", () => HttpResponse.json("all of it, to the end")));
    show({ $preview: "all of", size_bytes: 5_200_000, href: "/api/runs/r/values/7" });
    expect(screen.getByText("all of…")).toBeTruthy();
    expect(screen.getByText(/5.2 MB/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Load all of it" }));
    expect(await screen.findByText("all of it, to the end")).toBeTruthy();
  });

  it("shows a value that only looks like a long one as it is", () => {
    show({ $value: { $preview: "mine", href: "x" } });
    expect(screen.getByText("$preview")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Load all of it" })).toBeNull();
  });

  it("shows a picture, links another file, and says when one is gone", async () => {
    const file = (media_type: string) => ({ id: "f", name: "report", media_type, size_bytes: 48_213 });
    server.use(
      http.get("*/api/files/picture-1", () => HttpResponse.json(file("image/png"))),
      http.get("*/api/files/report-22", () => HttpResponse.json(file("text/html"))),
      http.get("*/api/files/gone-3333", () => HttpResponse.json({}, { status: 404 })),
    );
    show("file:picture-1");
    expect((await screen.findByRole("img")).getAttribute("src")).toBe("/api/files/picture-1/content");
    show("file:report-22");
    await waitFor(() => expect(screen.getAllByRole("link")).toHaveLength(2));
    await waitFor(() => expect(screen.getAllByRole("img")).toHaveLength(1));
    show("file:gone-3333");
    expect(await screen.findByText("This file is gone")).toBeTruthy();
  });
});

it("cuts a long text at its lines and loses nothing", () => {
  const text = Array.from({ length: 400 }, (_, at) => `line ${at} ${"x".repeat(at % 40)}`).join("\n");
  const pieces = piecesOf(text);
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.join("\n")).toBe(text);
  expect(piecesOf("y".repeat(9_000)).join("")).toHaveLength(9_000);
});
