import { expect, it } from "vitest";

import { tidy } from "@/lib/graph/layout";
import { graphOf, node } from "@/test/graphs";

it("puts blocks in columns by the way values flow, none over another", () => {
  const graph = graphOf(
    [node("a"), node("b"), node("c"), node("d")],
    ["a.out-b.in", "a.out-c.in", "b.out-d.in", "c.out-d.in"],
  );
  const places = tidy(graph, new Map(), () => false);
  const x = (id: string) => places.get(id)?.x ?? Number.NaN;
  const y = (id: string) => places.get(id)?.y ?? Number.NaN;
  expect(x("a")).toBeLessThan(x("b"));
  expect(x("b")).toBe(x("c"));
  expect(x("c")).toBeLessThan(x("d"));
  expect(Math.abs(y("b") - y("c"))).toBeGreaterThanOrEqual(140);
});

it("leaves notes where they are, and moves only what is chosen", () => {
  const graph = graphOf([node("a"), node("b"), node("note")], ["a.out-b.in"]);
  expect([...tidy(graph, new Map(), (id) => id === "note").keys()]).toEqual(["a", "b"]);
  expect([...tidy(graph, new Map(), () => false, new Set(["b"])).keys()]).toEqual(["b"]);
});
