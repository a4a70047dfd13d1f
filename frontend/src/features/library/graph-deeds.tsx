// What can be done with a graph in the library: the items of its menu, and the dialog that one of them opened.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  CalendarClock,
  CopyPlus,
  Download,
  FolderInput,
  PencilLine,
  SquareArrowOutUpRight,
  Tags,
  Trash2,
} from "lucide-react";
import { type ReactNode, useState } from "react";

import { useMay } from "@/components/session";
import type { MenuItem } from "@/components/ui/menu";
import { tell } from "@/components/ui/toast";
import { MoveGraph, RenameGraph, RetainRuns, TagGraph } from "@/features/library/change-graph";
import { DeleteGraph } from "@/features/library/delete-graph";
import { copyGraph, type GraphRow } from "@/lib/api/graphs";
import { exportGraph } from "@/lib/api/graphs-files";
import { keys } from "@/lib/api/keys";

type Deed = "rename" | "move" | "tags" | "retain" | "delete";

type DialogProps = { graph: GraphRow; onClose: () => void };

const DIALOGS: Record<Deed, (props: DialogProps) => ReactNode> = {
  rename: RenameGraph,
  move: MoveGraph,
  tags: TagGraph,
  retain: RetainRuns,
  delete: DeleteGraph,
};

export function useGraphDeeds(graph: GraphRow): { items: MenuItem[]; dialog: ReactNode } {
  const mayWrite = useMay("graphs:write");
  const navigate = useNavigate();
  const [deed, setDeed] = useState<Deed | null>(null);
  const copy = useCopy(graph);
  const download = useMutation({ mutationFn: () => exportGraph(graph.id), onSuccess: save });
  const open = () => void navigate({ to: "/graphs/$graphId", params: { graphId: graph.id } });
  const reading: MenuItem[] = [
    { label: "Open", icon: SquareArrowOutUpRight, onSelect: open },
    { label: "Export as a file", icon: Download, onSelect: () => download.mutate() },
  ];
  const writing: MenuItem[] = [
    { label: "Duplicate", icon: CopyPlus, onSelect: copy },
    "separator",
    { label: "Rename", icon: PencilLine, onSelect: () => setDeed("rename") },
    { label: "Move to a folder", icon: FolderInput, onSelect: () => setDeed("move") },
    { label: "Tags", icon: Tags, onSelect: () => setDeed("tags") },
    { label: "How long runs are kept", icon: CalendarClock, onSelect: () => setDeed("retain") },
    "separator",
    { label: "Delete graph", icon: Trash2, isDanger: true, onSelect: () => setDeed("delete") },
  ];
  const Dialog = deed && DIALOGS[deed];
  return {
    items: mayWrite ? [...reading, ...writing] : reading,
    dialog: Dialog && <Dialog graph={graph} onClose={() => setDeed(null)} />,
  };
}

function useCopy(graph: GraphRow): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate } = useMutation({
    mutationFn: () => copyGraph(graph.id),
    onSuccess: (graphId) => {
      void client.invalidateQueries({ queryKey: keys.graphs });
      void client.invalidateQueries({ queryKey: keys.folders });
      tell(`“Copy of ${graph.name}” is made.`, {
        label: "Open the copy",
        onClick: () => void navigate({ to: "/graphs/$graphId", params: { graphId } }),
      });
    },
  });
  return () => mutate();
}

/** Puts a file among the browser's downloads. */
function save({ name, content }: { name: string; content: Blob }): void {
  const href = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
  URL.revokeObjectURL(href);
}
