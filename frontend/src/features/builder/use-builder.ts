// Makes and ends what a builder page lives on: editor, autosave, pins, runner.

import { useEffect, useState } from "react";

import type { CanvasHandle } from "@/components/canvas/canvas-props";
import { followRun } from "@/features/builder/run/follow";
import { makeRunner } from "@/features/builder/run/runner";
import { startAutosave } from "@/features/builder/state/autosave";
import type { Builder } from "@/features/builder/state/builder";
import { createEditor } from "@/features/builder/state/editor";
import { followPins } from "@/features/builder/state/pins";
import { createUi } from "@/features/builder/state/ui";
import type { Catalogue } from "@/lib/api/catalogue";
import type { Draft } from "@/lib/api/drafts";
import { graphInputs, triggersOf } from "@/lib/graph/inputs";
import { nodeById, nodeName, upstream } from "@/lib/graph/model";
import { pinsOf } from "@/lib/graph/node-pins";
import { ERROR_PIN } from "@/lib/graph/pins";

export type BuilderStart = {
  graphId: string;
  draft: Draft;
  catalogue: Catalogue;
  isReadOnly: boolean;
  mayRun: boolean;
};

type Made = {
  builder: Builder;
  setCanvas: (canvas: CanvasHandle | null) => void;
  renew: (catalogue: Catalogue) => void;
  stop: () => void;
};

/** null for the first moment: it is made when the page is really there, and ended when it goes. */
export function useBuilder(start: BuilderStart): Made | null {
  const [made, setMade] = useState<Made | null>(null);
  // The page is keyed by the graph: what it starts with is looked at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const builder = make(start);
    setMade(builder);
    return builder.stop;
  }, []);
  const { catalogue } = start;
  useEffect(() => {
    if (made === null || made.builder.catalogue.revision === catalogue.revision) return;
    made.renew(catalogue);
    setMade({ ...made, builder: { ...made.builder, catalogue } });
  }, [made, catalogue]);
  return made;
}

function make({ graphId, draft, catalogue: first, isReadOnly, mayRun }: BuilderStart): Made {
  let catalogue = first;
  const editor = createEditor({ graphId, graph: draft.graph, problems: draft.problems, isReadOnly });
  const autosave = startAutosave(editor, draft.revision);
  const { pins, renew: renewPins, stop: stopPins } = followPins(editor, catalogue);
  const ui = createUi();
  let canvas: CanvasHandle | null = null;

  const runner = makeRunner({
    editor,
    autosave,
    mayRun: () => mayRun,
    follow: followRun,
    nameOf: (nodeId) => {
      const node = nodeById(editor.getState().graph, nodeId);
      return node ? nodeName(node, catalogue.get(node.block_id)) : nodeId;
    },
    outputPins: (nodeId) => {
      const node = nodeById(editor.getState().graph, nodeId);
      const names = node ? pinsOf(node, catalogue, pins.getState()).outputs.map((pin) => pin.name) : [];
      return names.filter((name) => name !== ERROR_PIN);
    },
    needsBeginning: (untilNode) => {
      const { graph } = editor.getState();
      const reach = untilNode === null ? null : upstream(graph, [untilNode]);
      const isIn = (nodeId: string) => reach === null || reach.has(nodeId);
      const inputs = graphInputs(graph, catalogue, (node) => pinsOf(node, catalogue, pins.getState()));
      return (
        inputs.some((input) => isIn(input.nodeId)) ||
        triggersOf(graph, catalogue).some(({ nodeId }) => isIn(nodeId))
      );
    },
    askBeginning: (then) => ui.getState().show({ kind: "begin", then }),
  });

  return {
    builder: { editor, catalogue, pins, autosave, ui, runner, canvas: () => canvas },
    setCanvas: (handle) => {
      canvas = handle;
    },
    renew: (next) => {
      catalogue = next;
      renewPins(next);
    },
    stop: () => {
      void autosave.flush().catch(() => undefined);
      autosave.stop();
      stopPins();
      runner.close();
    },
  };
}
