// A version on a canvas that nobody can change.

import { useMemo, useState } from "react";
import { useStore } from "zustand";

import { GraphCanvas } from "@/components/canvas/graph-canvas";
import { useWorkbench } from "@/features/builder/state/context";
import type { Graph } from "@/lib/autogpt-server-api/types";
import { pinsOf } from "@/lib/graph/node-pins";
import { linkViewer, nodeViewer, type ViewContext } from "@/lib/graph/view";

const NOTHING: ReadonlySet<string> = new Set();

export function VersionCanvas({ graph }: { graph: Graph }) {
  const { catalogue, pins } = useWorkbench();
  const known = useStore(pins);
  const [selection, setSelection] = useState(NOTHING);
  const views = useMemo(() => {
    const context: ViewContext = { catalogue, pinsOf: (node) => pinsOf(node, catalogue, known) };
    return { nodes: nodeViewer()(graph, context), links: linkViewer()(graph, context) };
  }, [graph, catalogue, known]);
  return <GraphCanvas {...views} mode="read" selection={selection} onSelect={setSelection} initialFit />;
}
