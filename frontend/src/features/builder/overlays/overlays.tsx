// What lies over the builder: one thing at a time.

import { AddSearch } from "@/features/builder/overlays/add-search";
import { BeginDialog } from "@/features/builder/overlays/begin-dialog";
import { ConnectAll } from "@/features/builder/overlays/connect-all";
import { FindInGraph } from "@/features/builder/overlays/find-in-graph";
import { GraphSettings } from "@/features/builder/overlays/graph-settings";
import { Palette } from "@/features/builder/overlays/palette";
import { PublishDialog } from "@/features/builder/overlays/publish-dialog";
import { RenameDialog } from "@/features/builder/overlays/rename-dialog";
import { Shortcuts } from "@/features/builder/overlays/shortcuts";
import { useUi } from "@/features/builder/state/builder-context";

export function Overlays() {
  const overlay = useUi((state) => state.overlay);
  const hide = useUi((state) => state.hide);
  switch (overlay?.kind) {
    case "add":
      return <AddSearch place={overlay.place} onClose={hide} />;
    case "palette":
      return <Palette onClose={hide} />;
    case "find":
      return <FindInGraph onClose={hide} />;
    case "shortcuts":
      return <Shortcuts onClose={hide} />;
    case "publish":
      return <PublishDialog onClose={hide} />;
    case "rename":
      return <RenameDialog nodeId={overlay.nodeId} onClose={hide} />;
    case "settings":
      return <GraphSettings onClose={hide} />;
    case "connect":
      return <ConnectAll onClose={hide} />;
    case "begin":
      return <BeginDialog onBegin={overlay.then} onClose={hide} />;
    default:
      return null;
  }
}
