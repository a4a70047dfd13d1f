// Any value that a run took or gave, shown as what it is.

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy";
import { Failed } from "@/components/ui/status";
import { Segments } from "@/components/ui/tabs";
import { FileValue } from "@/components/values/file-value";
import { JsonTree } from "@/components/values/json-tree";
import { TextView } from "@/components/values/text-view";
import { asText, columnsOf, fileIdOf, kindOf, summaryOf } from "@/components/values/value-kind";
import { ValueTable } from "@/components/values/value-table";
import { wholeValueQuery } from "@/lib/api/run";
import { size } from "@/lib/format";
import { isLong, type LongValue, unwrapped } from "@/lib/values";

import "@/styles/values.css";

type ValueViewProps = {
  /** As the server shows it: long values are their beginning, with the way to all of it. */
  value: unknown;
  /** What it is the value of; read out. */
  label?: string;
};

export function ValueView({ value, label = "Value" }: ValueViewProps) {
  if (isLong(value)) return <LongValueView long={value} label={label} />;
  return <Whole value={unwrapped(value)} label={label} />;
}

function LongValueView({ long, label }: { long: LongValue; label: string }) {
  const [isWanted, setIsWanted] = useState(false);
  const whole = useQuery({
    ...wholeValueQuery(long.href),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isWanted && whole.isSuccess) return <Whole value={whole.data} label={label} />;
  const beginning = asText(long.$preview ?? "");
  return (
    <div className="grid gap-2">
      {beginning !== "" && <TextView text={`${beginning}…`} label={`Beginning of ${label.toLowerCase()}`} />}
      {whole.isError && isWanted && <Failed error={whole.error} onRetry={() => void whole.refetch()} />}
      <div className="row faint text-12">
        <span className="num">
          {beginning === "" ? "All of it has" : "The beginning of"} {size(long.size_bytes)}
        </span>
        <Button size="small" className="push" isBusy={whole.isFetching} onClick={() => setIsWanted(true)}>
          Load all of it
        </Button>
      </div>
    </div>
  );
}

/** A value that is here. */
function Whole({ value, label }: { value: unknown; label: string }) {
  const [chosen, setChosen] = useState<Look | null>(null);
  const inner = useMemo(() => jsonIn(value), [value]);
  const table = useMemo(() => (Array.isArray(value) ? columnsOf(value) : null), [value]);
  if (kindOf(value) === "nothing") return <p className="value__nothing">{summaryOf(value)}</p>;
  const looks: Look[] = table ? ["table", "tree"] : inner === undefined ? [] : ["text", "tree"];
  const look = chosen ?? looks[0] ?? null;
  return (
    <div className="value">
      <div className="value__head">
        <span className="faint num">{summaryOf(value)}</span>
        <span className="push row gap-1">
          {look !== null && looks.length > 1 && (
            <Segments
              label={`How ${label.toLowerCase()} is shown`}
              options={looks.map((one) => ({ value: one, label: LOOKS[one] }))}
              value={look}
              onChange={setChosen}
            />
          )}
          <CopyButton text={() => asText(value)} label={`Copy ${label.toLowerCase()}`} />
        </span>
      </div>
      {look === "table" && table && Array.isArray(value) ? (
        <ValueTable rows={value} columns={table} label={label} />
      ) : (
        <Body value={look === "tree" && inner !== undefined ? inner : value} label={label} />
      )}
    </div>
  );
}

type Look = "table" | "tree" | "text";
const LOOKS: Record<Look, string> = { table: "Table", tree: "Tree", text: "Text" };

function Body({ value, label }: { value: unknown; label: string }) {
  const fileId = fileIdOf(value);
  if (fileId !== null) return <FileValue fileId={fileId} />;
  if (typeof value === "string") return <TextView text={value} label={label} />;
  if (typeof value === "object") return <JsonTree value={value} label={label} />;
  return (
    <div className="code">
      <span className="n">{String(value)}</span>
    </div>
  );
}

/** What a text says when it is JSON of more than a word; undefined: it is not. */
function jsonIn(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
