// What a graph from a template or a file still needs: one connection after the other, each for all blocks that take it.

import { useMemo } from "react";

import { CredentialsInput } from "@/components/integrations/credentials-input";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import type { CredentialsReference } from "@/lib/autogpt-server-api/types";
import { setInput } from "@/lib/graph/edit";
import { credentialNeeds, type Need } from "@/lib/graph/needs";

export function ConnectAll({ onClose }: { onClose: () => void }) {
  const { editor, catalogue } = useBuilderParts();
  const graph = useEditor((state) => state.graph);
  const needs = useMemo(() => credentialNeeds(graph, catalogue), [graph, catalogue]);
  const open = needs.filter((need) => need.chosenId === null).length;
  const choose = (need: Need, chosen: CredentialsReference | null) =>
    editor
      .getState()
      .change("Choose a connection", (before) =>
        need.places.reduce(
          (one, place) => setInput(one, place.nodeId, place.pin, chosen ?? undefined),
          before,
        ),
      );
  return (
    <Dialog
      title="Connections of this graph"
      about="Each is used by all blocks named under it. Secrets stay with the server; the graph keeps only which connection it is."
      onClose={onClose}
      actions={
        <Button variant="ink" onClick={onClose}>
          {open === 0 ? "Done" : "Go on later"}
        </Button>
      }
    >
      <div className="grid gap-5">
        {needs.map((need) => (
          <div key={need.key} className="grid gap-1">
            <CredentialsInput
              provider={need.providers}
              kinds={need.kinds}
              scopes={need.scopes}
              value={need.chosenId}
              isRequired
              onChange={(chosen) => choose(need, chosen)}
            />
            <p className="text-12 text-text-3">For {need.places.map((place) => place.name).join(", ")}</p>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
