import { describe, expect, it } from "vitest";

import { itemView } from "@/lib/run/item-states";
import { failuresByItem, follow, itemGroups, itemsOf } from "@/lib/run/items";
import { eventsOf, LINKS, NODE_IDS } from "@/lib/run/run-events.fixture";
import { RunStore } from "@/lib/run/store";

const store = new RunStore({ links: LINKS, status: "queued" }, (work) => work());
store.begin([], 0);
store.take(eventsOf(10));
const items = itemsOf(store.course, "each", 0);

function passagesOf(index: number) {
  const item = items[index];
  if (!item) throw new Error(`no item ${index}`);
  return follow(item, store.course, NODE_IDS, LINKS);
}

describe("items", () => {
  it("lists the items of each firing that gave some out", () => {
    expect(itemGroups(store.course, NODE_IDS)).toEqual([{ nodeId: "each", firing: 0, count: 10 }]);
    expect(items.map(({ text }) => text)[3]).toBe('{"n":3}');
    expect(items[3]?.path).toEqual([{ node_id: "each", ordinal: 0, index: 3 }]);
  });

  it("follows an item through both branches", () => {
    const passages = passagesOf(3);
    expect(passages.get("things")).toEqual({ kind: "outside" });
    expect(passages.get("each")).toMatchObject({ kind: "gave", firing: { firing: 0 } });
    expect(passages.get("quick")).toMatchObject({ kind: "fired", firings: [{ firing: 3 }] });
    expect(passages.get("slow")).toMatchObject({ kind: "fired", firings: [{ firing: 3 }] });
    expect(passages.get("meet")).toMatchObject({ kind: "fired", firings: [{ firing: 3 }] });
    expect(passages.get("all")).toEqual({ kind: "outside" });
  });

  it("says where an item failed and where it did not come", () => {
    const passages = passagesOf(4);
    expect(passages.get("quick")).toMatchObject({ kind: "failed", firings: [{ error: "no 4" }] });
    expect(passages.get("meet")).toEqual({ kind: "missing" });
    expect(passages.get("never")).toEqual({ kind: "missing" });
    const failures = failuresByItem(store.course, NODE_IDS);
    expect([...failures.values()].map(({ firing }) => firing)).toEqual([4, 9]);
    expect(failures.get(items[4]?.key ?? "")?.nodeId).toBe("quick");
  });

  it("does not take item 1 for item 10", () => {
    const many = new RunStore({ links: LINKS, status: "queued" }, (work) => work());
    many.begin([], 0);
    many.take(eventsOf(20));
    const [, first] = itemsOf(many.course, "each", 0);
    if (!first) throw new Error("no item 1");
    expect(follow(first, many.course, NODE_IDS, LINKS).get("slow")).toMatchObject({
      firings: [{ firing: 1 }],
    });
  });

  it("shows the graph as that item saw it", () => {
    const view = itemView(store, passagesOf(4), LINKS);
    expect(view.node("quick")).toMatchObject({ state: "failed", started: 1, error: { message: "no 4" } });
    expect(view.node("meet")).toMatchObject({ state: "skipped", started: 0 });
    expect(view.node("things")).toBe(store.node("things"));
    expect(view.link("each-quick")?.count).toBe(1);
    expect(view.link("quick-meet")?.count).toBe(0);
    expect(view.link("slow-meet")?.count).toBe(0);
  });
});
