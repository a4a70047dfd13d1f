// Dropping a file anywhere on the page.

import { FileDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Icon } from "@/components/ui/icon";

/** Whether files are held over the page now. Where nobody may import, a drop is refused by the browser's own sign. */
export function useDroppedFiles(take: (files: readonly File[]) => void, isEnabled: boolean): boolean {
  const [isOver, setIsOver] = useState(false);
  const taker = useRef(take);
  useEffect(() => {
    taker.current = take;
  });
  useEffect(() => {
    if (!isEnabled) return;
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // else the browser opens the file in place of the page
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false); // it has left the window, not only one part of it
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setIsOver(false);
      taker.current([...event.dataTransfer.files]);
    };
    const listeners = { dragenter: over, dragover: over, dragleave: leave, drop } as const;
    for (const [kind, listener] of typedEntries(listeners)) globalThis.addEventListener(kind, listener);
    return () => {
      for (const [kind, listener] of typedEntries(listeners)) globalThis.removeEventListener(kind, listener);
    };
  }, [isEnabled]);
  return isOver;
}

type DragKind = "dragenter" | "dragover" | "dragleave" | "drop";

function typedEntries(
  listeners: Record<DragKind, (event: DragEvent) => void>,
): [DragKind, (event: DragEvent) => void][] {
  const kinds: readonly DragKind[] = ["dragenter", "dragover", "dragleave", "drop"];
  return kinds.map((kind) => [kind, listeners[kind]]);
}

export function DropArea() {
  return (
    <div className="drop" role="status">
      <span className="tile">
        <Icon of={FileDown} />
      </span>
      <h2>Drop it to import the graph</h2>
      <p className="dim">One JSON file: exported here, or an agent of the AutoGPT platform.</p>
    </div>
  );
}
