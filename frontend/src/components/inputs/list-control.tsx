// A list of plain values, one to a row: added, removed and moved by mouse and keyboard.

import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useRef } from "react";

import { Control } from "@/components/inputs/control";
import type { ControlProps } from "@/components/inputs/control-props";
import { changeAndFocusRow } from "@/components/inputs/focus-row";
import { moved, useRows } from "@/components/inputs/use-rows";
import { Button, IconButton } from "@/components/ui/button";
import type { Schema } from "@/lib/graph/schema";

type ListProps = ControlProps & { item: Schema; most: number | null };

export function ListControl({ described, label, schema, value, onChange, item, most }: ListProps) {
  const given = value ?? schema.default;
  const list: readonly unknown[] = Array.isArray(given)
    ? given
    : given === undefined || given === null
      ? []
      : [given];
  const rows = useRows(list.length);
  const box = useRef<HTMLDivElement>(null);
  const add = (at: number) => {
    changeAndFocusRow(box.current, at, () => {
      rows.insert(at);
      onChange(list.toSpliced(at, 0, null));
    });
  };
  const remove = (at: number) => {
    changeAndFocusRow(box.current, Math.max(at - 1, 0), () => {
      rows.remove(at);
      onChange(list.toSpliced(at, 1));
    });
  };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= list.length) return;
    changeAndFocusRow(box.current, to, () => {
      rows.move(from, to);
      onChange(moved(list, from, to));
    });
  };
  const isFull = most !== null && list.length >= most;
  return (
    <div ref={box} className="grid gap-1">
      {rows.ids.map((id, at) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the field inside
        <div
          key={id}
          className="inputrow"
          onKeyDown={(event) => {
            if (event.altKey && event.key === "ArrowUp") move(at, at - 1);
            else if (event.altKey && event.key === "ArrowDown") move(at, at + 1);
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        >
          <div className="min-w-0 flex-1">
            <Control
              described={{ id: `${described.id}-${id}`, "aria-label": `${label}, item ${at + 1}` }}
              label={`${label}, item ${at + 1}`}
              schema={item}
              value={list[at] ?? undefined}
              onChange={(next) => onChange(list.with(at, next ?? null))}
            />
          </div>
          <span className="inputrow__deeds edits">
            <IconButton
              icon={ArrowUp}
              size="small"
              label={`Move item ${at + 1} up`}
              keys="Alt ↑"
              disabled={at === 0}
              onClick={() => move(at, at - 1)}
            />
            <IconButton
              icon={ArrowDown}
              size="small"
              label={`Move item ${at + 1} down`}
              keys="Alt ↓"
              disabled={at === list.length - 1}
              onClick={() => move(at, at + 1)}
            />
            <IconButton icon={X} size="small" label={`Remove item ${at + 1}`} onClick={() => remove(at)} />
          </span>
        </div>
      ))}
      <div className="edits row">
        <Button size="small" variant="quiet" icon={Plus} disabled={isFull} onClick={() => add(list.length)}>
          Add item
        </Button>
        {isFull && <span className="faint text-12">{most} at most</span>}
      </div>
    </div>
  );
}
