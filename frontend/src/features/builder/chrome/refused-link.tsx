// Two pins that do not fit: why, and the block that would make one of the other.

import { Plus, X } from "lucide-react";
import { useEffect } from "react";

import { Button, IconButton } from "@/components/ui/button";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { addNode, link, type Point } from "@/lib/graph/edit";
import { fittingPins, type Refusal } from "@/lib/graph/fit";
import { newId, nodeById, type PinPlace, position } from "@/lib/graph/model";

export type Refused = { from: PinPlace; to: PinPlace; refusal: Refusal; screen: Point };

export function RefusedLink({ refused, onClose }: { refused: Refused; onClose: () => void }) {
  const { editor, catalogue } = useBuilderParts();
  const cure = [...catalogue.values()].find((block) => block.name === refused.refusal.cure);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);
  const addCure = () => {
    const [source, sink] =
      refused.from.side === "output" ? [refused.from, refused.to] : [refused.to, refused.from];
    const { graph, change, open } = editor.getState();
    const [first, last] = [nodeById(graph, source.nodeId), nodeById(graph, sink.nodeId)];
    if (!cure || !first || !last) return;
    const pinIn = fittingPins(source, undefined, cure.inputs)[0];
    const pinOut = fittingPins(sink, undefined, cure.outputs)[0];
    if (!pinIn || !pinOut) return;
    const id = newId();
    const [a, b] = [position(first), position(last)];
    change(`Add ${cure.title}`, (before) => {
      const added = addNode(before, {
        id,
        blockId: cure.id,
        at: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 + 40 },
      });
      const linked = link(added, source, { nodeId: id, side: "input", pin: pinIn.name });
      return link(linked, { nodeId: id, side: "output", pin: pinOut.name }, sink);
    });
    open(id);
    onClose();
  };
  return (
    <div role="alert" className="refused" style={{ left: refused.screen.x, top: refused.screen.y }}>
      <span>{refused.refusal.why}</span>
      {cure && (
        <Button size="small" icon={Plus} onClick={addCure}>
          Add {cure.title}
        </Button>
      )}
      <IconButton icon={X} label="Close" size="small" onClick={onClose} />
    </div>
  );
}
