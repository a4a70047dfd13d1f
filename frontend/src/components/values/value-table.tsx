// A list of objects as a table, a page of it at a time.

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";

import { IconButton } from "@/components/ui/button";
import { FileValue } from "@/components/values/file-value";
import { fileIdOf } from "@/components/values/value-kind";
import { count } from "@/lib/format";
import { inOneLine, isRecord } from "@/lib/values";

const PAGE = 25;

type ValueTableProps = { rows: readonly unknown[]; columns: readonly string[]; label?: string };

export function ValueTable({ rows, columns, label = "Table" }: ValueTableProps) {
  const [page, setPage] = useState(0);
  const pages = Math.ceil(rows.length / PAGE);
  const from = Math.min(page, pages - 1) * PAGE;
  const shown = rows.slice(from, from + PAGE);
  return (
    <div className="grid gap-1">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must come to it */}
      <section className="value__table" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row of a value is its place in the list
              <tr key={from + place}>
                <th scope="row" className="num">
                  {from + place}
                </th>
                {columns.map((column) => (
                  <td key={column}>
                    <Cell value={isRecord(row) ? row[column] : undefined} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <div className="row faint text-12">
          <span className="num">
            {count(from + 1)} to {count(from + shown.length)} of {count(rows.length)}
          </span>
          <span className="push row gap-0">
            <IconButton
              icon={ChevronLeft}
              size="small"
              label="Rows before"
              disabled={from === 0}
              onClick={() => setPage(page - 1)}
            />
            <IconButton
              icon={ChevronRight}
              size="small"
              label="Rows behind"
              disabled={from + PAGE >= rows.length}
              onClick={() => setPage(page + 1)}
            />
          </span>
        </div>
      )}
    </div>
  );
}

function Cell({ value }: { value: unknown }) {
  if (value === undefined) return null;
  const fileId = fileIdOf(value);
  if (fileId !== null) return <FileValue fileId={fileId} isInline />;
  const className = typeof value === "number" || typeof value === "boolean" || value === null ? "n" : "";
  const text = inOneLine(value, 120);
  return (
    <span className={className} title={text.length > 40 ? text : undefined}>
      {text}
    </span>
  );
}
