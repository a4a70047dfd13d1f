// F2: another name for a block.

import { type FormEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useNode } from "@/features/builder/state/context";
import { rename } from "@/lib/graph/edit";
import { nodeName } from "@/lib/graph/model";

const LONGEST = 200;

export function RenameDialog({ nodeId, onClose }: { nodeId: string; onClose: () => void }) {
  const { editor } = useBuilderParts();
  const found = useNode(nodeId);
  const [name, setName] = useState(() => (found ? nodeName(found.node, found.block) : ""));
  if (!found) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isUsual = name.trim() === found.block?.title;
    editor.getState().change("Rename", (graph) => rename(graph, nodeId, isUsual ? "" : name));
    onClose();
  };
  return (
    <Dialog
      title="Rename block"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="ink" type="submit" form="rename-block">
            Rename
          </Button>
        </>
      }
    >
      <form id="rename-block" onSubmit={submit}>
        <Field label="Name" help={`Empty: ${found.block?.title ?? "the name of its kind"}`}>
          {(described) => (
            <TextInput
              {...described}
              autoFocus
              maxLength={LONGEST}
              value={name}
              onFocus={(event) => event.target.select()}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
