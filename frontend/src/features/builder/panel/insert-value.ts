// What a press on an earlier value does to the field that one is in: one step of the history.

import type { Workbench } from "@/features/builder/state/context";
import type { Pin } from "@/lib/autogpt-server-api/types";
import { refusal } from "@/lib/graph/fit";
import {
  type Caret,
  type EarlierPlace,
  insertEntry,
  insertIntoTemplate,
  insertLink,
  isDictionary,
  partName,
  templateValuesPin,
} from "@/lib/graph/insert";
import { nodeById } from "@/lib/graph/model";
import { pinsOf } from "@/lib/graph/node-pins";
import { NO_PINS } from "@/lib/graph/pins";

export type Inserted =
  /** `caret`: where one goes on writing; null: the field is linked now. */
  { caret: number | null } | { why: string };

export function insertValue(
  { editor, catalogue, pins }: Pick<Workbench, "editor" | "catalogue" | "pins">,
  field: { nodeId: string; pin: Pin; inputs: readonly Pin[]; caret: Caret | null },
  source: EarlierPlace,
): Inserted {
  const { nodeId, pin, inputs } = field;
  const { graph, change } = editor.getState();
  const part = partName(source.pin, source.path);
  if (part === null) return { why: "This name cannot be part of a link. Take what it belongs to." };
  if (pin.schema.format === "template") {
    const valuesPin = templateValuesPin(inputs);
    if (valuesPin === null) {
      return { why: "This template knows only the block's own value. Link the value instead." };
    }
    const constant = nodeById(graph, nodeId)?.input_default?.[pin.name];
    const text = typeof constant === "string" ? constant : "";
    const caret = field.caret ?? { from: text.length, to: text.length };
    const made = insertIntoTemplate(graph, { nodeId, pin: pin.name, valuesPin, text, caret }, source);
    change("Insert a value", () => made.graph);
    return { caret: made.caret };
  }
  if (isDictionary(pin)) {
    change("Insert a value", (before) => insertEntry(before, { nodeId, pin: pin.name }, source));
    return { caret: null };
  }
  const refused = refusal(
    graph,
    { nodeId: source.nodeId, side: "output", pin: part },
    { nodeId, side: "input", pin: pin.name },
    {
      catalogue,
      pinsOf: (id) => {
        const node = nodeById(graph, id);
        return node ? pinsOf(node, catalogue, pins.getState()) : NO_PINS;
      },
    },
  );
  if (refused) return { why: refused.why };
  change("Link a value", (before) => insertLink(before, { nodeId, pin: pin.name }, source));
  return { caret: null };
}
