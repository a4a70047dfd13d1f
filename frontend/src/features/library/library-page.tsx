// The library: one's graphs, templates to begin with, and the way in for files.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Upload } from "lucide-react";
import { useState } from "react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Page } from "@/components/ui/page";
import { Tabs } from "@/components/ui/tabs";
import { FirstSteps } from "@/features/library/first-steps";
import { GraphsTab } from "@/features/library/graphs-tab";
import { DropArea, useDroppedFiles } from "@/features/library/import-drop";
import { ImportOutcome } from "@/features/library/import-outcome";
import { useImport } from "@/features/library/import-run";
import { NewGraph } from "@/features/library/new-graph";
import { SearchBox } from "@/features/library/search-box";
import { TemplatesTab } from "@/features/library/templates-tab";
import { foldersQuery } from "@/lib/api/graphs";
import { count } from "@/lib/format";
import "@/styles/library.css";

export function LibraryPage() {
  const { tab, folder } = useSearch({ strict: false });
  const navigate = useNavigate();
  const mayWrite = useMay("graphs:write");
  const [isNaming, setIsNaming] = useState(false);
  const imports = useImport();
  const isOver = useDroppedFiles(imports.take, mayWrite);
  const total = useTotal();
  return (
    <Page
      title="Library"
      actions={
        <>
          <SearchBox />
          {mayWrite && (
            <>
              <Button icon={Upload} onClick={imports.choose}>
                Import
              </Button>
              <Button icon={Plus} variant={total === 0 ? "plain" : "ink"} onClick={() => setIsNaming(true)}>
                New graph
              </Button>
            </>
          )}
        </>
      }
    >
      <FirstSteps />
      <Tabs
        label="Library"
        value={tab === "templates" ? "templates" : "graphs"}
        onChange={(value) =>
          void navigate({
            to: ".",
            search: (old) => ({ ...old, tab: value === "graphs" ? undefined : value, tag: undefined }),
          })
        }
        tabs={[
          {
            value: "graphs",
            label: (
              <>Your graphs {total !== undefined && <span className="num faint">{count(total)}</span>}</>
            ),
            content: <GraphsTab onNew={() => setIsNaming(true)} onImport={imports.choose} />,
          },
          { value: "templates", label: "Templates", content: <TemplatesTab /> },
        ]}
      />
      {isNaming && <NewGraph folder={folder ?? ""} onClose={() => setIsNaming(false)} />}
      {imports.input}
      <ImportOutcome imports={imports} />
      {isOver && <DropArea />}
    </Page>
  );
}

/** How many graphs there are, whatever is filtered; undefined: not known yet. */
function useTotal(): number | undefined {
  const { data } = useQuery(foldersQuery);
  return data?.reduce((sum, folder) => sum + folder.graphs, 0);
}
