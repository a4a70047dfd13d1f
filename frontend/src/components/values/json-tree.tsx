// A JSON value as a tree that one opens branch by branch, and searches.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight, Search } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";

import { TextInput } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { FileValue } from "@/components/values/file-value";
import { TextView } from "@/components/values/text-view";
import {
  foundRows,
  isBranch,
  isShort,
  type Opened,
  type TreeRow,
  treeRows,
} from "@/components/values/tree-rows";
import { fileIdOf } from "@/components/values/value-kind";
import { count, counted } from "@/lib/format";
import { inOneLine } from "@/lib/values";

const ROW = 22;
/** More rows than these are drawn only where one looks. */
const ALL_TO = 100;
const SEARCH_FROM = 16;

export function JsonTree({ value, label = "Value" }: { value: unknown; label?: string }) {
  const [opened, setOpened] = useState<Opened>(new Map());
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const all = useMemo(() => treeRows(value, opened), [value, opened]);
  const found = useMemo(() => (wanted === "" ? null : foundRows(value, wanted)), [value, wanted]);
  const rows = found ? found.rows : all;
  const toggle = (row: TreeRow) => setOpened((known) => new Map(known).set(row.path, !row.isOpen));
  return (
    <div className="grid gap-2">
      {(all.length > SEARCH_FROM || text !== "") && (
        <div className="row">
          <div className="relative min-w-0 flex-1">
            <Icon of={Search} size={14} className="value__lens" />
            <TextInput
              type="search"
              aria-label={`Search in ${label.toLowerCase()}`}
              placeholder="Search keys and values"
              className="value__search"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          {found && (
            <span className="faint num text-12" role="status">
              {found.isCut ? `${count(found.count)} and more` : counted(found.count, "match", "matches")}
            </span>
          )}
        </div>
      )}
      {rows.length > 0 && <Rows rows={rows} label={label} onToggle={toggle} />}
    </div>
  );
}

type RowsProps = { rows: readonly TreeRow[]; label: string; onToggle: (row: TreeRow) => void };

function Rows(props: RowsProps) {
  return props.rows.length > ALL_TO ? <ManyRows {...props} /> : <FewRows {...props} />;
}

function FewRows({ rows, label, onToggle }: RowsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must come to it
    <section className="code value__tree" aria-label={label} tabIndex={0}>
      {rows.map((row) => (
        <Row key={row.path} row={row} onToggle={onToggle} />
      ))}
    </section>
  );
}

function ManyRows({ rows, label, onToggle }: RowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.path ?? index,
    overscan: 20,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must come to it
    <section ref={scroller} className="code value__tree value__tree--long" aria-label={label} tabIndex={0}>
      <div className="relative min-w-fit" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Row row={row} onToggle={onToggle} />
              </div>
            )
          );
        })}
      </div>
    </section>
  );
}

function Row({ row, onToggle }: { row: TreeRow; onToggle: (row: TreeRow) => void }) {
  const indent = { paddingLeft: row.depth * 14 };
  if (row.kind === "text") {
    return (
      <div className="py-1" style={indent}>
        <TextView text={String(row.value)} label="Text" />
      </div>
    );
  }
  const isBranching = isBranch(row.value);
  return (
    <div className={`value__row ${row.isFound ? "is-found" : ""}`} style={indent}>
      {isBranching ? (
        <button
          type="button"
          className="value__fold"
          aria-expanded={row.isOpen}
          aria-label={`${row.isOpen ? "Close" : "Open"} ${row.name ?? "the value"}`}
          onClick={() => onToggle(row)}
        >
          <Icon of={row.isOpen ? ChevronDown : ChevronRight} size={12} />
        </button>
      ) : (
        <span className="value__fold" />
      )}
      {row.name !== null && (
        <>
          <span className="k">{row.name}</span>
          <span className="c">:&nbsp;</span>
        </>
      )}
      <Leaf value={row.value} isOpen={row.isOpen} />
    </div>
  );
}

/** The value in its row: itself, or what it consists of. */
function Leaf({ value, isOpen }: { value: unknown; isOpen: boolean }) {
  const fileId = fileIdOf(value);
  if (fileId !== null) return <FileValue fileId={fileId} isInline />;
  if (typeof value === "string") {
    return <span className="s truncate">{isOpen ? counted(value.length, "character") : quoted(value)}</span>;
  }
  if (typeof value === "object" && value !== null) {
    const size = Object.keys(value).length;
    const brackets = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    if (size === 0) return <span className="c">{brackets.join("")}</span>;
    const what = Array.isArray(value) ? counted(size, "item") : counted(size, "field");
    if (isOpen) return <span className="c truncate">{what}</span>;
    return (
      <span className="truncate">
        {isShort(value) ? (
          inOneLine(value, 60)
        ) : (
          <span className="c">{`${what} ${inOneLine(value, 60)}`}</span>
        )}
      </span>
    );
  }
  return <span className="n">{String(value)}</span>;
}

function quoted(text: string): string {
  return `"${inOneLine(text, 160)}"`;
}
