// Beside the field that one is in: what earlier blocks gave, to be used in it with a press.

import { X } from "lucide-react";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";

import { IconButton } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { Notice } from "@/components/ui/notice";
import { insertValue } from "@/features/builder/panel/insert-value";
import { SourceValues } from "@/features/builder/panel/source-values";
import { sourcesOf } from "@/features/builder/panel/sources";
import { useBuilderRun } from "@/features/builder/run/context";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Node } from "@/lib/autogpt-server-api/types";
import type { Caret, EarlierPlace } from "@/lib/graph/insert";
import type { NodePins } from "@/lib/graph/pins";
import { fieldLabel } from "@/lib/graph/schema";

export const VALUES_PANEL = "earlier-values";
/** So many blocks show their values at once; the others when they are opened. */
const OPEN_AT_FIRST = 3;

type ValuesPanelProps = { node: Node; pins: NodePins; pinName: string; onClose: () => void };

export function ValuesPanel({ node, pins, pinName, onClose }: ValuesPanelProps) {
  const workbench = useWorkbench();
  const graph = useEditor((state) => state.graph);
  const { runId } = useBuilderRun();
  const [refused, setRefused] = useState<string | null>(null);
  const panel = useRef<HTMLElement>(null);
  const sources = useMemo(
    () => sourcesOf(graph, node.id, workbench.catalogue),
    [graph, node.id, workbench.catalogue],
  );
  const pin = pins.inputs.find((one) => one.name === pinName);
  useLeaving(panel, pinName, onClose);
  if (!pin || sources.length === 0) return null;
  const insert = (source: EarlierPlace) => {
    const result = insertValue(
      workbench,
      { nodeId: node.id, pin, inputs: pins.inputs, caret: caretOf(pinName) },
      source,
    );
    if ("why" in result) {
      setRefused(result.why);
      return;
    }
    setRefused(null);
    if (result.caret === null) onClose();
    else goOnWriting(pinName, result.caret);
  };
  return (
    <section
      ref={panel}
      id={VALUES_PANEL}
      className="valuespanel"
      aria-label={`Earlier values for ${fieldLabel(pinName)}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
        fieldOf(pinName)?.focus();
      }}
    >
      <header className="row">
        <h3 className="truncate">
          {pin.schema.format === "template" ? "Insert into" : "Link to"} {fieldLabel(pinName)}
        </h3>
        <span className="push row gap-1">
          <Kbd keys="Ctrl Space" />
          <IconButton icon={X} size="small" label="Close the values" onClick={onClose} />
        </span>
      </header>
      {runId === null && <p className="faint text-12">Run the graph once to see values here.</p>}
      {refused && <Notice kind="fail">{refused}</Notice>}
      <div className="valuespanel__list">
        {sources.map((source, place) => (
          <SourceValues
            key={source.node.id}
            source={source}
            isOpenAtFirst={place < OPEN_AT_FIRST}
            onInsert={insert}
          />
        ))}
      </div>
    </section>
  );
}

function fieldOf(pinName: string): HTMLElement | null {
  const box = document.querySelector(`[data-field="${CSS.escape(pinName)}"]`);
  return box?.querySelector<HTMLElement>("textarea, input, [contenteditable=true], [role=combobox]") ?? null;
}

/** Where in the text of the field one was last: a text area knows it also when the focus is elsewhere. */
function caretOf(pinName: string): Caret | null {
  const field = fieldOf(pinName);
  return field instanceof HTMLTextAreaElement ? { from: field.selectionStart, to: field.selectionEnd } : null;
}

function goOnWriting(pinName: string, caret: number): void {
  requestAnimationFrame(() => {
    const field = fieldOf(pinName);
    if (!(field instanceof HTMLTextAreaElement)) return;
    field.focus();
    field.setSelectionRange(caret, caret);
  });
}

/** It closes when one goes on elsewhere. */
function useLeaving(panel: RefObject<HTMLElement | null>, pinName: string, onClose: () => void): void {
  useEffect(() => {
    const onElsewhere = ({ target }: Event) => {
      if (!(target instanceof Element)) return;
      const isInField = target.closest(`[data-field="${CSS.escape(pinName)}"]`) !== null;
      if (!isInField && !panel.current?.contains(target)) onClose();
    };
    document.addEventListener("focusin", onElsewhere);
    document.addEventListener("pointerdown", onElsewhere);
    return () => {
      document.removeEventListener("focusin", onElsewhere);
      document.removeEventListener("pointerdown", onElsewhere);
    };
  }, [panel, pinName, onClose]);
}
