// The versions of a graph: what each looked like, what changed since, and the way back.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { GitCompare, RotateCcw } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Ago } from "@/components/ui/figures";
import { Empty, Loads } from "@/components/ui/status";
import { tell, tellError } from "@/components/ui/toast";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import { undo } from "@/features/builder/state/editor";
import { Changes } from "@/features/builder/versions/changes";
import { VersionCanvas } from "@/features/builder/versions/version-canvas";
import { VersionName } from "@/features/builder/versions/version-name";
import { type Version, versionsQuery } from "@/lib/api/drafts";
import { graphQuery } from "@/lib/api/one-graph";
import { counted } from "@/lib/format";
import { plainGraph } from "@/lib/graph/plain";

export function Versions({ onShown }: { onShown: () => void }) {
  const graphId = useEditor((state) => state.graphId);
  const query = useQuery(versionsQuery(graphId));
  const [chosen, setChosen] = useState<number | null>(null);
  return (
    <div className="page__body grid min-h-0 content-start gap-4 overflow-auto lg:grid-cols-[320px_minmax(0,1fr)] lg:content-stretch lg:overflow-hidden">
      <Loads query={query}>
        {(versions) =>
          versions.length === 0 ? (
            <Empty icon={GitCompare} title="There are no versions yet">
              A version is made when you publish or run. Here you then see what changed, and go back.
            </Empty>
          ) : (
            <>
              <ul className="grid content-start gap-2 overflow-auto" aria-label="Versions">
                {versions.map((version) => (
                  <li key={version.version}>
                    <VersionCard
                      version={version}
                      isChosen={(chosen ?? versions[0]?.version) === version.version}
                      onChoose={() => setChosen(version.version)}
                      onRestored={onShown}
                    />
                  </li>
                ))}
              </ul>
              <Shown version={chosen ?? versions[0]?.version ?? 1} />
            </>
          )
        }
      </Loads>
    </div>
  );
}

type VersionCardProps = { version: Version; isChosen: boolean; onChoose: () => void; onRestored: () => void };

function VersionCard({ version, isChosen, onChoose, onRestored }: VersionCardProps) {
  const { editor } = useBuilderParts();
  const client = useQueryClient();
  const graphId = useEditor((state) => state.graphId);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const [isBusy, setIsBusy] = useState(false);
  const restore = async () => {
    setIsBusy(true);
    try {
      const graph = await client.fetchQuery(graphQuery(graphId, version.version));
      editor.getState().replace(`Restore version ${version.version}`, plainGraph(graph));
      tell(`Version ${version.version} is the draft now`, {
        label: "Undo",
        onClick: () => void undo(editor),
      });
      onRestored();
    } catch (error) {
      tellError(error);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <article className={`card ${isChosen ? "border-ink" : ""}`}>
      <button
        type="button"
        className="card__body border-0 bg-transparent text-left"
        aria-pressed={isChosen}
        onClick={onChoose}
      >
        <span className="row">
          <b>{version.name || `Version ${version.version}`}</b>
          {version.is_published && <span className="tag s-ok">Published</span>}
        </span>
        <span className="text-12 text-text-3">
          {version.name && `Version ${version.version}, `}
          <Ago at={version.created_at} />
          {version.created_by_name && ` by ${version.created_by_name}`}, {counted(version.nodes, "block")},{" "}
          {counted(version.links, "link")}
        </span>
      </button>
      {isChosen && !isReadOnly && (
        <div className="card__foot">
          <Button size="small" icon={RotateCcw} isBusy={isBusy} onClick={() => void restore()}>
            Restore
          </Button>
          <VersionName version={version} />
        </div>
      )}
    </article>
  );
}

function Shown({ version }: { version: number }) {
  const graphId = useEditor((state) => state.graphId);
  const query = useQuery({ ...graphQuery(graphId, version), staleTime: Number.POSITIVE_INFINITY });
  return (
    <div className="grid min-h-0 grid-rows-[420px_auto] gap-4 lg:grid-rows-[minmax(0,1fr)_minmax(0,240px)]">
      <div className="card min-h-0">
        <Loads query={query}>{(graph) => <VersionCanvas key={version} graph={plainGraph(graph)} />}</Loads>
      </div>
      <div className="min-h-0 overflow-auto">
        <Changes version={version} />
      </div>
    </div>
  );
}
