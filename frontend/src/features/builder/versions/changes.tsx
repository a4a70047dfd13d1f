// What changed between two versions, one of which may be the draft.

import { useQuery } from "@tanstack/react-query";
import { Minus, Move, Pencil, Plus } from "lucide-react";
import { useEffect, useState } from "react";

import { Select } from "@/components/ui/choice";
import { Icon } from "@/components/ui/icon";
import { Loads } from "@/components/ui/status";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import { type Comparison, comparisonQuery, versionsQuery } from "@/lib/api/drafts";
import type { Node } from "@/lib/autogpt-server-api/types";
import { counted } from "@/lib/format";
import { nodeName } from "@/lib/graph/model";
import { inOneLine } from "@/lib/values";

export function Changes({ version }: { version: number }) {
  const { autosave } = useBuilderParts();
  const graphId = useEditor((state) => state.graphId);
  const versions = useQuery(versionsQuery(graphId)).data ?? [];
  const [other, setOther] = useState("draft");
  const to = other === "draft" ? "draft" : Number(other);
  const query = useQuery({ ...comparisonQuery(graphId, version, to), enabled: to !== version });
  useEffect(() => {
    void autosave.flush().catch(() => undefined); // the server compares what it has
  }, [autosave]);
  return (
    <section className="grid gap-2">
      <div className="row">
        <h2 className="whitespace-nowrap">From version {version} to</h2>
        <div className="w-56">
          <Select
            aria-label="Compare with"
            value={other}
            onChange={setOther}
            options={[
              { value: "draft", label: "the draft" },
              ...versions
                .filter((one) => one.version !== version)
                .map((one) => ({ value: String(one.version), label: one.name || `version ${one.version}` })),
            ]}
          />
        </div>
      </div>
      <Loads query={query} rows={3}>
        {(comparison) =>
          comparison.is_empty ? (
            <p className="dim">Nothing differs.</p>
          ) : (
            <Differences comparison={comparison} />
          )
        }
      </Loads>
    </section>
  );
}

function Differences({ comparison }: { comparison: Comparison }) {
  const { catalogue } = useBuilderParts();
  const name = (node: Node) => nodeName(node, catalogue.get(node.block_id));
  const { nodes, links, moved, fields } = comparison;
  return (
    <ul className="grid gap-1 text-12">
      {nodes.added.map((node) => (
        <Line key={`+${node.id}`} icon={Plus} kind="ok">
          Added <b>{name(node)}</b>
        </Line>
      ))}
      {nodes.removed.map((node) => (
        <Line key={`-${node.id}`} icon={Minus} kind="fail">
          Removed <b>{name(node)}</b>
        </Line>
      ))}
      {nodes.changed.map((node) => (
        <Line key={`~${node.id}`} icon={Pencil} kind="wait">
          <b>{node.label}</b>
          {node.fields.map((field) => (
            <FieldChange key={field.path.join(".")} field={field} />
          ))}
        </Line>
      ))}
      {fields.map((field) => (
        <Line key={`field ${field.path.join(".")}`} icon={Pencil} kind="wait">
          <b>Graph</b>
          <FieldChange field={field} />
        </Line>
      ))}
      {links.added.length > 0 && (
        <Line icon={Plus} kind="ok">
          {counted(links.added.length, "link")} added
        </Line>
      )}
      {links.removed.length > 0 && (
        <Line icon={Minus} kind="fail">
          {counted(links.removed.length, "link")} removed
        </Line>
      )}
      {links.changed.length > 0 && (
        <Line icon={Pencil} kind="wait">
          {counted(links.changed.length, "link")} changed
        </Line>
      )}
      {moved.length > 0 && (
        <Line icon={Move} kind="quiet">
          {counted(moved.length, "block")} moved
        </Line>
      )}
    </ul>
  );
}

const COLOURS = { ok: "text-ok", fail: "text-fail", wait: "text-wait", quiet: "text-text-3" } as const;

function Line({
  icon,
  kind,
  children,
}: {
  icon: typeof Plus;
  kind: keyof typeof COLOURS;
  children: React.ReactNode;
}) {
  return (
    <li className="flex items-start gap-2">
      <Icon of={icon} size={14} className={`mt-0.5 ${COLOURS[kind]}`} />
      <span className="min-w-0">{children}</span>
    </li>
  );
}

function FieldChange({ field }: { field: Comparison["fields"][number] }) {
  const shown = (value: unknown) =>
    value === null || value === undefined ? "nothing" : inOneLine(value, 80);
  return (
    <span className="block dim">
      {field.path.join(", ")}: <span className="mono">{shown(field.before)}</span> →{" "}
      <span className="mono">{shown(field.after)}</span>
    </span>
  );
}
