// A list of objects as a table: a row each, a column for each property.

import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";

import { Control } from "@/components/inputs/control";
import type { ControlProps } from "@/components/inputs/control-props";
import { changeAndFocusRow } from "@/components/inputs/focus-row";
import { useRows } from "@/components/inputs/use-rows";
import { Button, IconButton } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { fieldLabel, type NamedSchema } from "@/lib/graph/schema";
import { isRecord } from "@/lib/values";

type TableProps = ControlProps & { columns: readonly NamedSchema[]; isOpen: boolean };

export function TableControl({ described, label, schema, value, onChange, columns, isOpen }: TableProps) {
  const given = value ?? schema.default;
  const list = Array.isArray(given) ? given.map((row: unknown) => (isRecord(row) ? row : {})) : [];
  const [added, setAdded] = useState<readonly string[]>([]);
  const rows = useRows(list.length);
  const box = useRef<HTMLDivElement>(null);
  const shown = isOpen ? withOwn(columns, list, added) : columns;
  const change = (next: readonly Record<string, unknown>[]) => onChange(next.length > 0 ? next : undefined);
  const set = (at: number, name: string, next: unknown) => {
    const { [name]: _before, ...rest } = list[at] ?? {};
    change(list.with(at, next === undefined ? rest : { ...list[at], [name]: next }));
  };
  return (
    <div ref={box} className="grid gap-1 overflow-x-auto">
      {list.length > 0 && shown.length > 0 && (
        <table className="inputtable" aria-label={label}>
          <thead>
            <tr>
              {shown.map((column) => (
                <th key={column.name} scope="col">
                  {columns.includes(column) ? fieldLabel(column.name) : column.name}
                </th>
              ))}
              <td className="edits" />
            </tr>
          </thead>
          <tbody>
            {rows.ids.map((id, at) => (
              <tr key={id}>
                {shown.map((column) => {
                  const cell = `${label}, row ${at + 1}, ${column.name}`;
                  return (
                    <td key={column.name}>
                      <Control
                        described={{ id: `${described.id}-${id}-${column.name}`, "aria-label": cell }}
                        label={cell}
                        schema={isFree(column, list[at]) ? TEXT : column.schema}
                        value={list[at]?.[column.name] ?? undefined}
                        onChange={(next) => set(at, column.name, next)}
                      />
                    </td>
                  );
                })}
                <td className="edits">
                  <IconButton
                    icon={X}
                    size="small"
                    label={`Remove row ${at + 1}`}
                    onClick={() => {
                      changeAndFocusRow(box.current, Math.max(at - 1, 0), () => {
                        rows.remove(at);
                        change(list.toSpliced(at, 1));
                      });
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="edits row">
        {shown.length > 0 && (
          <Button
            size="small"
            variant="quiet"
            icon={Plus}
            onClick={() => {
              changeAndFocusRow(box.current, list.length, () => {
                rows.insert(list.length);
                change([...list, {}]);
              });
            }}
          >
            Add row
          </Button>
        )}
        {isOpen && (
          <NewColumn
            label={label}
            onAdd={(name) => {
              setAdded([...added, name]);
              if (list.length === 0) change([{}]);
            }}
          />
        )}
      </div>
    </div>
  );
}

/** A column that no row has yet is there as soon as it has a name. */
function NewColumn({ label, onAdd }: { label: string; onAdd: (name: string) => void }) {
  const [name, setName] = useState<string | null>(null);
  if (name === null) {
    return (
      <Button size="small" variant="quiet" icon={Plus} onClick={() => setName("")}>
        Add column
      </Button>
    );
  }
  const done = () => {
    if (name.trim() !== "") onAdd(name.trim());
    setName(null);
  };
  return (
    <TextInput
      autoFocus
      aria-label={`${label}, name of the new column`}
      placeholder="Name, then Enter"
      value={name}
      onChange={(event) => setName(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          done();
        }
        if (event.key === "Escape") {
          event.stopPropagation();
          setName(null);
        }
      }}
    />
  );
}

const TEXT = { type: "string" };

/** A column that says nothing of its values has texts, as long as nothing else stands in it. */
function isFree({ name, schema }: NamedSchema, row: Record<string, unknown> | undefined): boolean {
  const value = row?.[name];
  return (
    Object.keys(schema).length === 0 && (typeof value === "string" || value === undefined || value === null)
  );
}

/** The known columns, those that rows have besides, and those that were just added. */
function withOwn(
  columns: readonly NamedSchema[],
  list: readonly Record<string, unknown>[],
  added: readonly string[],
): NamedSchema[] {
  const known = new Set(columns.map(({ name }) => name));
  const own = new Set(
    [...list.flatMap((row) => Object.keys(row)), ...added].filter((name) => !known.has(name)),
  );
  return [...columns, ...[...own].map((name) => ({ name, schema: {}, isRequired: false }))];
}
