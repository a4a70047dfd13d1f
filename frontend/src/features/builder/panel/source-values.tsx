// What one earlier block gave, output by output, part by part; before it ran, what it is going to give.

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";

import { BlockIcon } from "@/components/canvas/block-icon";
import { PinShape } from "@/components/canvas/pin-shape";
import { useNodeRun } from "@/components/canvas/run-states";
import { Icon } from "@/components/ui/icon";
import { Loading } from "@/components/ui/status";
import type { Source } from "@/features/builder/panel/sources";
import { ValueRow } from "@/features/builder/panel/value-row";
import { useBuilderRun } from "@/features/builder/run/context";
import { useWorkbench } from "@/features/builder/state/context";
import { type EarlierValue, earlierQuery } from "@/lib/api/earlier";
import type { Node, Pin } from "@/lib/autogpt-server-api/types";
import { typeName } from "@/lib/graph/fit";
import type { EarlierPlace } from "@/lib/graph/insert";
import { nodeName } from "@/lib/graph/model";
import { pinsOf } from "@/lib/graph/node-pins";
import { ERROR_PIN, pinKind, pinLabel, schemaKind } from "@/lib/graph/pins";
import { description, properties, type Schema, shapes } from "@/lib/graph/schema";

type SourceValuesProps = {
  source: Source;
  isOpenAtFirst: boolean;
  onInsert: (place: EarlierPlace) => void;
};

export function SourceValues({ source: { node, distance }, isOpenAtFirst, onInsert }: SourceValuesProps) {
  const { catalogue, pins } = useWorkbench();
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const block = catalogue.get(node.block_id);
  const outputs = pinsOf(node, catalogue, pins.getState()).outputs.filter((pin) => pin.name !== ERROR_PIN);
  const name = nodeName(node, block);
  return (
    <section className="grid gap-1" aria-label={name}>
      <button
        type="button"
        className="valuespanel__source"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon of={isOpen ? ChevronDown : ChevronRight} size={12} />
        <BlockIcon name={block?.icon ?? ""} provider={block?.provider ?? null} />
        <span className="truncate font-medium">{name}</span>
        {distance === null && <span className="push faint font-normal">not linked yet</span>}
      </button>
      {isOpen && <Values node={node} outputs={outputs} onInsert={onInsert} />}
    </section>
  );
}

type ValuesProps = { node: Node; outputs: readonly Pin[]; onInsert: (place: EarlierPlace) => void };

function Values({ node, outputs, onInsert }: ValuesProps) {
  const { runId } = useBuilderRun();
  const completed = useNodeRun(node.id)?.completed ?? 0;
  const pinned = pinnedValues(node);
  const wanted = pinned === null && runId !== null && completed > 0;
  const asked = useQuery({
    ...earlierQuery(runId ?? "", node.id),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (wanted && asked.isPending) return <Loading rows={2} />;
  const values = pinned ?? (wanted ? (asked.data ?? []) : []);
  const given = new Set(values.map(({ pin }) => pin));
  const rest = outputs.filter((pin) => !given.has(pin.name));
  return (
    <ul className="grid">
      {values.map(({ pin, value }) => (
        <ValueRow
          key={pin}
          name={pinLabel(pin)}
          value={value}
          place={{ nodeId: node.id, pin, path: [] }}
          onInsert={onInsert}
        />
      ))}
      {rest.map((pin) => (
        <SchemaRow
          key={pin.name}
          name={pinLabel(pin.name)}
          kind={pinKind(pin)}
          schema={pin.schema}
          place={{ nodeId: node.id, pin: pin.name, path: [] }}
          onInsert={onInsert}
        />
      ))}
      {wanted && values.length === 0 && (
        <li className="valuespanel__note">It gave nothing in this run; this is what it can give.</li>
      )}
    </ul>
  );
}

type SchemaRowProps = {
  name: string;
  kind: Parameters<typeof PinShape>[0]["kind"];
  schema: Schema;
  place: EarlierPlace;
  onInsert: (place: EarlierPlace) => void;
  depth?: number;
};

/** What an output is going to be; its known properties under it. */
function SchemaRow({ name, kind, schema, place, onInsert, depth = 0 }: SchemaRowProps) {
  const inside = depth < 2 ? shapes(schema).flatMap(properties) : [];
  return (
    <li>
      <button
        type="button"
        className="valuerow valuerow--schema"
        style={{ paddingLeft: 22 + depth * 14 }}
        title={description(schema) || undefined}
        onClick={() => onInsert(place)}
      >
        <PinShape kind={kind} isOpen />
        <span className="truncate">{name}</span>
        <span className="push faint">{typeName(schema)}</span>
      </button>
      {inside.length > 0 && (
        <ul>
          {inside.map((part) => (
            <SchemaRow
              key={part.name}
              name={part.name}
              kind={schemaKind(part.schema)}
              schema={part.schema}
              place={{ ...place, path: [...place.path, part.name] }}
              onInsert={onInsert}
              depth={depth + 1}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

/** What a block gives without running; null: it runs. */
function pinnedValues(node: Node): EarlierValue[] | null {
  if (!node.pinned) return null;
  return Object.entries(node.pinned).flatMap(([pin, values]) =>
    values.length > 0 ? [{ pin, value: values[0] }] : [],
  );
}
