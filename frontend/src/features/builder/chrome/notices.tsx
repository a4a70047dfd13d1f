// What a person must know before they go on: work that was recovered, somebody who was faster, another tab, a run shown.

import { useQueryClient } from "@tanstack/react-query";
import { CopyX, History, Pin, Plug, RotateCcw, TriangleAlert, X } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";

import { Button, IconButton } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { tellError } from "@/components/ui/toast";
import { LoadErrors } from "@/features/builder/chrome/load-errors";
import { commandById, perform } from "@/features/builder/commands";
import { useTotals } from "@/features/builder/run/context";
import type { Builder } from "@/features/builder/state/builder";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import { watchOtherTabs } from "@/features/builder/state/other-tabs";
import { difference, findUnsaved, forgetUnsaved, type Unsaved } from "@/features/builder/state/unsaved";
import { draftQuery } from "@/lib/api/drafts";
import { ago, counted } from "@/lib/format";
import { nodeName } from "@/lib/graph/model";
import { credentialNeeds, lacking } from "@/lib/graph/needs";

export function Notices() {
  return (
    <>
      <LoadErrors />
      <Recovered />
      <Conflict />
      <OtherTab />
      <NeedsConnections />
      <FailedRun />
    </>
  );
}

/** "Unsaved work from this browser (4 blocks, 3 links, 2 min ago)". */
function Recovered() {
  const { editor } = useBuilderParts();
  const graphId = useEditor((state) => state.graphId);
  const [found, setFound] = useState<Unsaved | null>(null);
  useEffect(() => {
    const unsaved = editor.getState().isReadOnly ? null : findUnsaved(graphId);
    if (unsaved === null) return;
    const { blocks, links } = difference(unsaved.graph, editor.getState().graph);
    if (blocks + links > 0 || unsaved.graph.name !== editor.getState().graph.name) setFound(unsaved);
    else forgetUnsaved(graphId);
  }, [editor, graphId]);
  if (found === null) return null;
  const { blocks, links } = difference(found.graph, editor.getState().graph);
  const done = () => setFound(null);
  return (
    <Notice
      kind="wait"
      icon={History}
      action={
        <div className="row">
          <Button
            size="small"
            onClick={() => {
              editor.getState().change("Restore unsaved work", () => found.graph);
              done();
            }}
          >
            Restore
          </Button>
          <Button
            size="small"
            variant="quiet"
            onClick={() => {
              forgetUnsaved(graphId);
              done();
            }}
          >
            Discard
          </Button>
        </div>
      }
    >
      <b>Unsaved work was recovered</b> ({counted(blocks, "block")}, {counted(links, "link")},{" "}
      {ago(found.at, Date.now())}). Restoring can be undone.
    </Notice>
  );
}

/** Somebody else saved meanwhile. */
function Conflict() {
  const { editor, autosave } = useBuilderParts();
  const client = useQueryClient();
  const isConflict = useEditor((state) => state.saving.state === "conflict");
  const graphId = useEditor((state) => state.graphId);
  const [isBusy, setIsBusy] = useState(false);
  if (!isConflict) return null;
  const act = (work: () => Promise<void>) => {
    setIsBusy(true);
    work()
      .catch(tellError)
      .finally(() => setIsBusy(false));
  };
  const takeTheirs = async () => {
    const draft = await client.fetchQuery({ ...draftQuery(graphId), staleTime: 0 });
    editor.getState().replace("Take what others saved", draft.graph);
    editor.getState().setProblems(draft.problems);
    autosave.rebase(draft.revision, draft.graph);
  };
  return (
    <Notice
      kind="fail"
      icon={TriangleAlert}
      action={
        <div className="row">
          <Button size="small" isBusy={isBusy} onClick={() => act(takeTheirs)}>
            Take theirs
          </Button>
          <Button size="small" variant="quiet" disabled={isBusy} onClick={() => act(autosave.overwrite)}>
            Keep mine
          </Button>
        </div>
      }
    >
      <b>This draft was changed elsewhere.</b> Yours is kept in this browser and is not saved until you
      choose. What you take can be undone.
    </Notice>
  );
}

function OtherTab() {
  const graphId = useEditor((state) => state.graphId);
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const tabs = watchOtherTabs(graphId);
    tabs.onOlder(() => setIsOpen(true));
    return tabs.stop;
  }, [graphId]);
  if (!isOpen) return null;
  return (
    <Notice
      kind="wait"
      icon={CopyX}
      action={<IconButton icon={X} label="Close" size="small" onClick={() => setIsOpen(false)} />}
    >
      <b>This graph is open in another tab.</b> Go on in one of them: whoever saves second is asked which to
      keep.
    </Notice>
  );
}

/** A graph from a template or a file comes without connections. */
function NeedsConnections() {
  const { catalogue, ui } = useBuilderParts();
  const graph = useEditor((state) => state.graph);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const [isClosed, setIsClosed] = useState(false);
  const missing = useMemo(() => lacking(credentialNeeds(graph, catalogue)), [graph, catalogue]);
  // One block is told by its own panel; a graph that came from elsewhere lacks several.
  if (missing < 2 || isReadOnly || isClosed) return null;
  return (
    <Notice
      kind="info"
      icon={Plug}
      action={
        <div className="row">
          <Button size="small" onClick={() => ui.getState().show({ kind: "connect" })}>
            Connect
          </Button>
          <IconButton icon={X} label="Close" size="small" onClick={() => setIsClosed(true)} />
        </div>
      }
    >
      <b>{counted(missing, "block")} lack a connection.</b> Choose or make them all in one place.
    </Notice>
  );
}

/** A run that failed is shown: go on from there. */
function FailedRun() {
  const builder = useBuilderParts();
  const totals = useTotals();
  const runId = useStore(builder.runner.state, (state) => state.runId);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const [closed, setClosed] = useState<string | null>(null);
  const isFailed = totals?.status === "failed" || totals?.status === "completed_with_errors";
  if (!isFailed || isReadOnly || closed === runId) return null;
  const failed = firstFailed(builder);
  return (
    <Notice
      kind="fail"
      action={
        <div className="row">
          {failed && (
            <Button size="small" onClick={() => builder.editor.getState().open(failed.nodeId, "output")}>
              Show block
            </Button>
          )}
          <Button size="small" icon={RotateCcw} onClick={() => perform(commandById("retry"), builder)}>
            Retry from the failed block
          </Button>
          <Button size="small" variant="quiet" icon={Pin} onClick={() => void builder.runner.pinAll()}>
            Pin its data
          </Button>
          <IconButton icon={X} label="Close" size="small" onClick={() => setClosed(runId)} />
        </div>
      }
    >
      <b>
        {totals?.status === "failed" ? "The run failed" : "The run went on past errors"}
        {failed ? ` at ${failed.name}: ${failed.message}` : "."}
      </b>{" "}
      Mend the block and retry: what completed and did not change is kept, and costs nothing again.
    </Notice>
  );
}

/** The first block of the graph that failed in the run that is shown. */
function firstFailed({
  editor,
  runner,
  catalogue,
}: Builder): { nodeId: string; name: string; message: string } | null {
  const { store } = runner.state.getState();
  for (const node of editor.getState().graph.nodes) {
    const error = store?.node(node.id)?.error;
    if (error)
      return { nodeId: node.id, name: nodeName(node, catalogue.get(node.block_id)), message: error.message };
  }
  return null;
}
