// The run screen once all that it shows is known: bar, canvas, timeline, panel. What is chosen stands in the address.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { Notice } from "@/components/ui/notice";
import { message } from "@/components/ui/toast";
import { Dock } from "@/features/run/dock";
import { NodePanel } from "@/features/run/node-panel";
import { RunBar } from "@/features/run/run-bar";
import { RunCanvas } from "@/features/run/run-canvas";
import { type Chosen, type RanNode, type RunScene, RunSceneProvider } from "@/features/run/run-context";
import { RunPanel } from "@/features/run/run-panel";
import { useRunStore } from "@/features/run/use-run-store";
import { useSlowVersion } from "@/features/run/use-slow-version";
import type { Catalogue } from "@/lib/api/catalogue";
import type { Graph, Link, RunDetails } from "@/lib/autogpt-server-api/types";
import { nodeName } from "@/lib/graph/model";
import { itemView } from "@/lib/run/item-states";
import { follow, type Item, itemsOf } from "@/lib/run/items";
import type { NodeProgress } from "@/lib/run/tally";
import { isFinal } from "@/lib/states";
import "@/styles/run.css";

type RunScreenProps = {
  run: RunDetails;
  /** null: it was deleted, and `known` says what its blocks were called. */
  graph: Graph | null;
  known: readonly NodeProgress[];
  catalogue: Catalogue;
};

const NO_LINKS: readonly Link[] = [];

export function RunScreen({ run, graph, known, catalogue }: RunScreenProps) {
  const links = graph?.links ?? NO_LINKS;
  const { store, error } = useRunStore(run, links);
  const nodes = useMemo(() => ranNodes(graph, known, catalogue), [graph, known, catalogue]);
  const names = useMemo(() => new Map(nodes.map(({ id, name }) => [id, name])), [nodes]);
  const scene: RunScene = useMemo(
    () => ({ run, store, catalogue, graph, links, nodes, nameOf: (id) => names.get(id) ?? id }),
    [run, store, catalogue, graph, links, nodes, names],
  );
  const chosen = useChoice(scene);
  useFailureFirst(run, chosen);
  const node = nodes.find(({ id }) => id === chosen.nodeId);
  return (
    <RunSceneProvider scene={scene} chosen={chosen}>
      <main className="runpage">
        <RunBar />
        <div className="runpage__canvas">
          {error !== null && (
            <div className="p-3">
              <Notice kind="wait">{message(error)} It is tried again.</Notice>
            </div>
          )}
          <div className="min-h-0 flex-1">
            <RunCanvas />
          </div>
        </div>
        <Dock />
        {node ? <NodePanel key={node.id} node={node} /> : <RunPanel />}
      </main>
    </RunSceneProvider>
  );
}

/** Whoever looks at a run that failed wants to know where: that block is chosen once, unless another one is. */
function useFailureFirst(run: RunDetails, { nodeId, item, choose }: Chosen): void {
  const isDone = useRef(false);
  const failed = run.status === "failed" ? run.errors[0] : undefined;
  useEffect(() => {
    if (isDone.current || !isFinal(run.status)) return;
    isDone.current = true;
    if (nodeId === null && item === null && failed?.node_id) {
      choose({ node: failed.node_id, firing: failed.firing ?? null });
    }
  }, [run.status, nodeId, item, failed, choose]);
}

/** Notes do not run. */
function ranNodes(graph: Graph | null, known: readonly NodeProgress[], catalogue: Catalogue): RanNode[] {
  const all = graph
    ? graph.nodes.map((node) => {
        const block = catalogue.get(node.block_id);
        return { id: node.id, name: nodeName(node, block), block };
      })
    : known.map(({ node_id: id, name, block_id }) => ({ id, name, block: catalogue.get(block_id) }));
  return all.filter(({ block }) => block?.kind !== "note");
}

/** The chosen block, firing and item, from the address and back into it. */
function useChoice({ store, nodes, links }: RunScene): Chosen {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const version = useSlowVersion(store);
  const itemText = search.item ?? null;
  const item = useMemo(
    () => (itemText === null || version < 0 ? null : readItem(itemText, store)),
    [itemText, store, version],
  );
  const passages = useMemo(
    () =>
      item === null || version < 0
        ? null
        : follow(
            item,
            store.course,
            nodes.map(({ id }) => id),
            links,
          ),
    [item, store, nodes, links, version],
  );
  const view = useMemo(
    () => (passages === null ? store : itemView(store, passages, links)),
    [passages, store, links],
  );
  const choose = useCallback<Chosen["choose"]>(
    (change) =>
      void navigate({
        to: ".",
        replace: true,
        search: (old) => ({
          ...old,
          ...("node" in change ? { node: change.node ?? undefined } : {}),
          ...("firing" in change ? { firing: change.firing?.toString() } : {}),
          ...("item" in change
            ? { item: change.item ? itemAddress(change.item) : undefined, firing: firingOf(change) }
            : {}),
        }),
      }),
    [navigate],
  );
  const firing =
    search.firing !== undefined && /^\d{1,9}$/.test(search.firing) ? Number(search.firing) : null;
  return useMemo(
    () => ({ nodeId: search.node ?? null, firing, item, passages, view, choose }),
    [search.node, firing, item, passages, view, choose],
  );
}

/** Another item has other firings: which one was chosen before says nothing any more. */
function firingOf(change: { firing?: number | null }): string | undefined {
  return change.firing?.toString();
}

/** `0.3.each`: the fourth item that the first firing of `each` gave out. */
function itemAddress({ firing, index, nodeId }: Item): string {
  return `${firing}.${index}.${nodeId}`;
}

function readItem(text: string, { course }: RunScene["store"]): Item | null {
  const [, firing, index, nodeId] = /^(\d{1,9})\.(\d{1,9})\.(.+)$/.exec(text) ?? [];
  if (nodeId === undefined) return null;
  return itemsOf(course, nodeId, Number(firing))[Number(index)] ?? null;
}
