// Beside the canvas: the chosen block, what is set in it, what came to it and what it gave.

import { type KeyboardEvent, useState } from "react";
import { useNodeState } from "@/components/canvas/run-states";
import { Icon } from "@/components/ui/icon";
import { STATE_ICONS } from "@/components/ui/state";
import { type Tab, Tabs } from "@/components/ui/tabs";
import { OnErrorTab } from "@/features/builder/panel/on-error-tab";
import { PanelFoot } from "@/features/builder/panel/panel-foot";
import { PanelHead } from "@/features/builder/panel/panel-head";
import { Resizer } from "@/features/builder/panel/resizer";
import { InputTab, OutputTab } from "@/features/builder/panel/run-tabs";
import { SetupTab } from "@/features/builder/panel/setup-tab";
import { usePanelWidth } from "@/features/builder/panel/use-panel-width";
import { useEditor, useNode, useWorkbench } from "@/features/builder/state/context";
import type { PanelTab } from "@/features/builder/state/editor";

export function SidePanel() {
  const nodeId = useEditor((state) => state.openNodeId);
  // Another block is another panel: nothing of the one before stays in its fields.
  return nodeId === null ? null : <OpenPanel key={nodeId} nodeId={nodeId} />;
}

function OpenPanel({ nodeId }: { nodeId: string }) {
  const { editor } = useWorkbench();
  const { width, setWidth } = usePanelWidth();
  const [isRenaming, setIsRenaming] = useState(false);
  const tab = useEditor((state) => state.tab);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const isRunning = useNodeState(nodeId) === "running";
  const found = useNode(nodeId);
  if (found === null) return null;
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "F2" && !isReadOnly) {
      event.preventDefault();
      setIsRenaming(true);
    }
  };
  const isNote = found.block?.kind === "note";
  const tabs: Tab<PanelTab>[] = [
    { value: "setup", label: "Setup", content: <SetupTab {...found} /> },
    { value: "input", label: "Input", content: <InputTab {...found} /> },
    {
      value: "output",
      label: isRunning ? (
        <>
          Output
          <span className="state s-running">
            <Icon of={STATE_ICONS.running} size={14} className="spin" />
            live
          </span>
        </>
      ) : (
        "Output"
      ),
      content: <OutputTab {...found} />,
    },
    { value: "errors", label: "On error", content: <OnErrorTab node={found.node} /> },
  ];
  return (
    <aside className="panel panel--side" aria-label="Block" style={{ width }} onKeyDown={onKey}>
      <Resizer width={width} setWidth={setWidth} />
      <PanelHead {...found} isRenaming={isRenaming} setIsRenaming={setIsRenaming} />
      {isNote ? (
        <SetupTab {...found} />
      ) : (
        <>
          <Tabs
            label="What of the block"
            tabs={tabs}
            value={tab}
            onChange={(next) => editor.getState().setTab(next)}
          />
          <PanelFoot node={found.node} />
        </>
      )}
    </aside>
  );
}
