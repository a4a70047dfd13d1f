// An object whose names are the person's own: a name and a value to a row.

import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";

import { Control } from "@/components/inputs/control";
import type { ControlProps } from "@/components/inputs/control-props";
import { changeAndFocusRow } from "@/components/inputs/focus-row";
import { useRows } from "@/components/inputs/use-rows";
import { Button, IconButton } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import type { Schema } from "@/lib/graph/schema";
import { isRecord } from "@/lib/values";

type DictionaryProps = ControlProps & { entry: Schema };
type Row = { name: string; value: unknown };

/** Rows are kept as they are typed; the object has those whose name is there and its own. */
export function DictionaryControl({ described, label, schema, value, onChange, entry }: DictionaryProps) {
  const given = value ?? schema.default;
  const [typed, setTyped] = useState<readonly Row[] | null>(null);
  const own = rowsOf(given);
  const list = typed !== null && isSame(asObject(typed), given) ? typed : own;
  const rows = useRows(list.length);
  const box = useRef<HTMLDivElement>(null);
  const change = (next: readonly Row[]) => {
    setTyped(next);
    const made = asObject(next);
    if (!isSame(made, given)) onChange(made);
  };
  return (
    <div ref={box} className="grid gap-1">
      {rows.ids.map((id, at) => {
        const row = list[at];
        if (!row) return null;
        const isTwice = row.name !== "" && list.findIndex((other) => other.name === row.name) < at;
        const valueLabel = `${label}, value of ${row.name || `row ${at + 1}`}`;
        return (
          <div key={id} className="inputrow">
            <TextInput
              aria-label={`${label}, name ${at + 1}`}
              aria-invalid={isTwice || undefined}
              title={isTwice ? "This name stands above already: only that one counts." : undefined}
              className="inputrow__name mono"
              placeholder="Name"
              value={row.name}
              spellCheck={false}
              onChange={(event) => change(list.with(at, { ...row, name: event.target.value }))}
            />
            <div className="min-w-0 flex-1">
              <Control
                described={{ id: `${described.id}-${id}`, "aria-label": valueLabel }}
                label={valueLabel}
                schema={entry}
                value={row.value ?? undefined}
                onChange={(next) => change(list.with(at, { ...row, value: next ?? null }))}
              />
            </div>
            <span className="inputrow__deeds edits">
              <IconButton
                icon={X}
                size="small"
                label={`Remove ${row.name || `row ${at + 1}`}`}
                onClick={() => {
                  changeAndFocusRow(box.current, Math.max(at - 1, 0), () => {
                    rows.remove(at);
                    change(list.toSpliced(at, 1));
                  });
                }}
              />
            </span>
          </div>
        );
      })}
      <div className="edits">
        <Button
          size="small"
          variant="quiet"
          icon={Plus}
          onClick={() => {
            changeAndFocusRow(box.current, list.length, () => {
              rows.insert(list.length);
              change([...list, { name: "", value: null }]);
            });
          }}
        >
          Add entry
        </Button>
      </div>
    </div>
  );
}

function rowsOf(value: unknown): Row[] {
  return isRecord(value) ? Object.entries(value).map(([name, inner]) => ({ name, value: inner })) : [];
}

/** The first row of a name counts; rows without one do not. */
export function asObject(rows: readonly Row[]): Record<string, unknown> | undefined {
  const made = new Map<string, unknown>();
  for (const { name, value } of rows) if (name !== "" && !made.has(name)) made.set(name, value);
  return made.size === 0 ? undefined : Object.fromEntries(made);
}

function isSame(one: unknown, other: unknown): boolean {
  const isNothing = (value: unknown) =>
    value === undefined || value === null || (isRecord(value) && Object.keys(value).length === 0);
  return (isNothing(one) && isNothing(other)) || JSON.stringify(one) === JSON.stringify(other);
}
