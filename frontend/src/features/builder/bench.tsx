// The page of one graph: bar, canvas or another view of it, panel, and what lies over them.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";

import { useMay } from "@/components/session";
import { useTitle } from "@/components/ui/page";
import { CanvasPane } from "@/features/builder/canvas-pane";
import { Notices } from "@/features/builder/chrome/notices";
import { TopBar } from "@/features/builder/chrome/top-bar";
import { Overlays } from "@/features/builder/overlays/overlays";
import { Tour } from "@/features/builder/overlays/tour";
import { SidePanel } from "@/features/builder/panel/side-panel";
import { BuilderRunProvider } from "@/features/builder/run/context";
import { RunStrip } from "@/features/builder/run/run-strip";
import { showRun } from "@/features/builder/run/show-run";
import { BuilderProvider, useBuilderParts, useUi } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import type { View } from "@/features/builder/state/ui";
import { type BuilderStart, useBuilder } from "@/features/builder/use-builder";
import { useClipboard } from "@/features/builder/use-clipboard";
import { useShortcuts } from "@/features/builder/use-shortcuts";
import { Versions } from "@/features/builder/versions/versions";
import { GraphRuns } from "@/features/builder/views/graph-runs";
import { GraphTriggers } from "@/features/builder/views/graph-triggers";

type BenchProps = Pick<BuilderStart, "graphId" | "draft" | "catalogue"> & { runId: string | null };

export function Bench({ runId, ...start }: BenchProps) {
  const isReadOnly = !useMay("graphs:write");
  const mayRun = useMay("runs:write");
  const made = useBuilder({ ...start, isReadOnly, mayRun });
  if (made === null) return null;
  return (
    <BuilderProvider value={made.builder}>
      <BuilderRunProvider>
        <Page setCanvas={made.setCanvas} shownRun={runId} />
      </BuilderRunProvider>
    </BuilderProvider>
  );
}

const VIEWS: ReadonlySet<string> = new Set<View>(["build", "runs", "triggers", "versions"]);

function isView(text: string | undefined): text is View {
  return text !== undefined && VIEWS.has(text);
}

type PageProps = { setCanvas: Parameters<typeof CanvasPane>[0]["setCanvas"]; shownRun: string | null };

function Page({ setCanvas, shownRun }: PageProps) {
  const { editor, runner, ui, canvas } = useBuilderParts();
  const { view: asked, node: askedNode } = useSearch({ strict: false });
  const navigate = useNavigate();
  const name = useEditor((state) => state.graph.name);
  const isTouring = useUi((state) => state.isTouring);
  const view: View = isView(asked) ? asked : "build";
  useTitle(name);
  useShortcuts(view === "build");
  useClipboard(view === "build");
  useEffect(() => {
    if (shownRun !== null) void showRun({ editor, runner }, shownRun);
  }, [editor, runner, shownRun]);
  useEffect(() => {
    if (askedNode === undefined) return;
    editor.getState().open(askedNode);
    requestAnimationFrame(() => canvas()?.center(askedNode));
  }, [editor, canvas, askedNode]);
  const show = (next: View) =>
    void navigate({ to: ".", search: (old) => ({ ...old, view: next === "build" ? undefined : next }) });
  return (
    <main className="builder">
      <TopBar view={view} onView={show} />
      <Notices />
      {view === "build" && (
        <div className="builder__body">
          <div className="builder__stage">
            <CanvasPane setCanvas={setCanvas} />
            <RunStrip />
          </div>
          <SidePanel />
        </div>
      )}
      {view === "runs" && <GraphRuns />}
      {view === "triggers" && <GraphTriggers />}
      {view === "versions" && <Versions onShown={() => show("build")} />}
      <Overlays />
      {isTouring && <Tour onClose={() => ui.getState().setTouring(false)} />}
    </main>
  );
}
