// An input that a link fills: from where, and how to let go of it.

import { Unlink2 } from "lucide-react";

import { PinShape } from "@/components/canvas/pin-shape";
import { IconButton } from "@/components/ui/button";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Link, Pin } from "@/lib/autogpt-server-api/types";
import { remove } from "@/lib/graph/edit";
import { nodeById, nodeName } from "@/lib/graph/model";
import { pinsOf } from "@/lib/graph/node-pins";
import { baseName, pinKind, pinLabel } from "@/lib/graph/pins";
import { description, fieldLabel } from "@/lib/graph/schema";

type LinkedInputProps = {
  links: readonly Link[];
  /** The block has no such input (any more). */
  isLost?: boolean;
} & ({ pin: Pin } | { name: string });

export function LinkedInput({ links, isLost = false, ...what }: LinkedInputProps) {
  const name = "pin" in what ? what.pin.name : what.name;
  const help = "pin" in what ? description(what.pin.schema) : "";
  return (
    <div className="field">
      <div className="field__label">
        <span>{fieldLabel(name)}</span>
        <span className="push faint font-normal">{isLost ? "not an input of this block" : "linked"}</span>
      </div>
      {links.map((link) => (
        <LinkRow key={link.id} link={link} />
      ))}
      {help && <p className="field__help">{help}</p>}
    </div>
  );
}

/** One link: a press on its source goes there. */
export function LinkRow({ link, label }: { link: Link; label?: string }) {
  const { editor, catalogue, pins } = useWorkbench();
  const source = useEditor((state) => nodeById(state.graph, link.source_id));
  const block = source ? catalogue.get(source.block_id) : undefined;
  const output = source
    ? pinsOf(source, catalogue, pins.getState()).outputs.find(
        (one) => one.name === baseName(link.source_name),
      )
    : undefined;
  const kind = output && output.name === link.source_name ? pinKind(output) : "any";
  const from = source ? nodeName(source, block) : "a block that is gone";
  const pin = pinLabel(link.source_name);
  return (
    <div className="input input--linked" title={output ? description(output.schema) : undefined}>
      <PinShape kind={kind} isOpen={false} />
      {label && <span className="mono">{label}</span>}
      <button
        type="button"
        className="linked__from truncate"
        onClick={() => source && editor.getState().open(source.id)}
      >
        from {from}, {pin}
      </button>
      <IconButton
        icon={Unlink2}
        size="small"
        className="push linked__unlink edits"
        label={`Remove the link from ${from}`}
        onClick={() =>
          editor.getState().change("Remove a link", (graph) => remove(graph, new Set([link.id])))
        }
      />
    </div>
  );
}
