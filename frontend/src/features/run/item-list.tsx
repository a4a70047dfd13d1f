// Items of a run: choose one and see what it was at each block, and where it got lost.

import { useVirtualizer } from "@tanstack/react-virtual";
import { Box, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { State } from "@/components/ui/state";
import { Empty } from "@/components/ui/status";
import { ItemWay } from "@/features/run/item-way";
import { useChosen, useCourse, useScene } from "@/features/run/run-context";
import { counted } from "@/lib/format";
import type { Firing } from "@/lib/run/course";
import { failuresByItem, type Item, itemGroups, itemsOf } from "@/lib/run/items";

const ROW = 28;

export function ItemList() {
  const { nodes, nameOf } = useScene();
  const { course, version } = useCourse();
  const { item, choose } = useChosen();
  const [wanted, setWanted] = useState<string | null>(null);
  const nodeIds = useMemo(() => nodes.map(({ id }) => id), [nodes]);
  const groups = useMemo(() => (version < 0 ? [] : itemGroups(course, nodeIds)), [course, nodeIds, version]);
  const failures = useMemo(
    () => (version < 0 ? new Map() : failuresByItem(course, nodeIds)),
    [course, nodeIds, version],
  );
  const named = wanted ?? (item ? `${item.firing} ${item.nodeId}` : null);
  const group = groups.find(({ nodeId, firing }) => `${firing} ${nodeId}` === named) ?? groups[0];
  if (group === undefined) {
    return (
      <div className="p-4">
        <Empty icon={Box} title="This run has no items">
          Items come from blocks that give out a list one by one, such as For each.
        </Empty>
      </div>
    );
  }
  const isMany = groups.filter(({ nodeId }) => nodeId === group.nodeId).length > 1;
  return (
    <div className="itemview">
      <div className="itemview__list">
        <div className="row border-line border-b px-3 py-1.5">
          {groups.length > 1 ? (
            <Select
              aria-label="Block that gave the items out"
              options={groups.map(({ nodeId, firing, count }) => ({
                value: `${firing} ${nodeId}`,
                label: `${nameOf(nodeId)}${isMany ? `, firing ${firing}` : ""}: ${counted(count, "item")}`,
              }))}
              value={`${group.firing} ${group.nodeId}`}
              onChange={setWanted}
            />
          ) : (
            <span className="truncate text-12">
              {nameOf(group.nodeId)}{" "}
              <span className="faint num">gave out {counted(group.count, "item")}</span>
            </span>
          )}
        </div>
        <Items
          items={itemsOf(course, group.nodeId, group.firing)}
          failures={failures}
          chosen={item}
          onChoose={(next) => choose({ item: next })}
        />
      </div>
      {item ? (
        <div className="itemview__way">
          <div className="row border-line border-b px-4 py-1.5">
            <h3>Item {item.index}</h3>
            <span className="mono faint truncate text-12">{item.text}</span>
            <Button
              size="small"
              variant="quiet"
              icon={X}
              className="push"
              onClick={() => choose({ item: null })}
            >
              All items
            </Button>
          </div>
          <ItemWay item={item} />
        </div>
      ) : (
        <p className="faint p-4">Choose an item to see what it was at each block.</p>
      )}
    </div>
  );
}

type ItemsProps = {
  items: readonly Item[];
  failures: ReadonlyMap<string, Firing>;
  chosen: Item | null;
  onChoose: (item: Item) => void;
};

function Items({ items, failures, chosen, onChoose }: ItemsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 16,
  });
  const place = items.findIndex(({ key }) => key === chosen?.key);
  useEffect(() => {
    if (place >= 0) virtual.scrollToIndex(place, { align: "auto" });
  }, [place, virtual]);
  return (
    <div ref={scroller} className="runlog__body">
      <ul className="relative" style={{ height: virtual.getTotalSize() }} aria-label="Items">
        {virtual.getVirtualItems().map((row) => {
          const item = items[row.index];
          return (
            item && (
              <li
                key={item.key}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <button
                  type="button"
                  className={`itemrow ${item.key === chosen?.key ? "is-selected" : ""}`}
                  aria-pressed={item.key === chosen?.key}
                  onClick={() => onChoose(item)}
                >
                  <span className="num faint itemrow__index">{item.index}</span>
                  <span className="mono truncate">{item.text}</span>
                  {failures.has(item.key) && (
                    <span className="push">
                      <State state="failed" />
                    </span>
                  )}
                </button>
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
