// The bar above a graph: where one is, its views, whether it is saved, run and publish.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CloudOff, LoaderCircle, Play, Search, Square, TriangleAlert } from "lucide-react";
import { useStore } from "zustand";

import { Button, IconButton } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Segments } from "@/components/ui/tabs";
import { commandById, perform } from "@/features/builder/commands";
import { useTotals } from "@/features/builder/run/context";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import type { View } from "@/features/builder/state/ui";
import { graphQuery } from "@/lib/api/one-graph";
import { isFinal } from "@/lib/states";

const VIEWS: readonly { value: View; label: string }[] = [
  { value: "build", label: "Build" },
  { value: "runs", label: "Runs" },
  { value: "triggers", label: "Triggers" },
  { value: "versions", label: "Versions" },
];

export function TopBar({ view, onView }: { view: View; onView: (view: View) => void }) {
  const builder = useBuilderParts();
  const name = useEditor((state) => state.graph.name);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  return (
    <header className="bar">
      <nav className="crumbs" aria-label="Where this is">
        <Link to="/" className="max-lg:hidden">
          Library
        </Link>
        <span className="faint max-lg:hidden" aria-hidden>
          /
        </span>
        <h1 className="truncate">
          <button
            type="button"
            className="truncate border-0 bg-transparent p-0 font-semibold"
            title="Graph settings"
            onClick={() => perform(commandById("settings"), builder)}
          >
            {name}
          </button>
        </h1>
        <Published />
      </nav>
      <Segments label="View" options={VIEWS} value={view} onChange={onView} />
      <div className="push row">
        <SavedState />
        <IconButton
          icon={Search}
          label="Do anything"
          keys="Ctrl K"
          onClick={() => perform(commandById("palette"), builder)}
        />
        <RunButton />
        {!isReadOnly && (
          <Button variant="ink" onClick={() => perform(commandById("publish"), builder)}>
            Publish
          </Button>
        )}
      </div>
    </header>
  );
}

/** What others get: the version that is published, and whether the draft is another. */
function Published() {
  const graphId = useEditor((state) => state.graphId);
  const graph = useQuery(graphQuery(graphId)).data;
  if (!graph) return null;
  const { published_version: version, draft } = graph;
  if (version === null) return <span className="tag max-lg:hidden">Not published</span>;
  return (
    <span className="tag">
      {draft.is_changed ? `Version ${version}, draft differs` : `Version ${version}`}
    </span>
  );
}

function SavedState() {
  const saving = useEditor((state) => state.saving);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  if (isReadOnly) return <span className="tag">Read only</span>;
  const faces = {
    saved: { icon: Check, word: "Saved" },
    dirty: { icon: LoaderCircle, word: "Saving" },
    saving: { icon: LoaderCircle, word: "Saving" },
    failed: { icon: CloudOff, word: "Kept in this browser" },
    conflict: { icon: TriangleAlert, word: "Not saved" },
  } as const;
  const { icon, word } = faces[saving.state];
  const isTrouble = saving.state === "failed" || saving.state === "conflict";
  return (
    <span
      role="status"
      className={`row text-12 whitespace-nowrap ${isTrouble ? "text-wait" : "faint"}`}
      title={saving.state === "failed" ? saving.message : undefined}
    >
      <Icon of={icon} size={14} />
      {word}
    </span>
  );
}

function RunButton() {
  const builder = useBuilderParts();
  const totals = useTotals();
  const isStarting = useStore(builder.runner.state, (state) => state.isStarting);
  const isEmpty = useEditor((state) => state.graph.nodes.length === 0);
  if (totals !== null && !isFinal(totals.status)) {
    return (
      <Button icon={Square} keys="Ctrl ." onClick={() => perform(commandById("stop"), builder)}>
        Stop
      </Button>
    );
  }
  if (!builder.runner.mayRun() && !isStarting) return null;
  return (
    <Button
      icon={Play}
      isBusy={isStarting}
      disabled={isEmpty}
      onClick={() => perform(commandById("run"), builder)}
    >
      Run
    </Button>
  );
}
