// Ctrl F: blocks of this graph by their name, kind, and what stands in them.

import { Command } from "cmdk";
import { useMemo, useState } from "react";

import { SearchBox } from "@/features/builder/overlays/search-box";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { counted } from "@/lib/format";
import { findInGraph } from "@/lib/graph/search";

const MOST = 100;

export function FindInGraph({ onClose }: { onClose: () => void }) {
  const { editor, catalogue, canvas } = useBuilderParts();
  const [text, setText] = useState("");
  const found = useMemo(
    () => findInGraph(editor.getState().graph, catalogue, text),
    [editor, catalogue, text],
  );
  const go = (nodeId: string) => {
    onClose();
    editor.getState().open(nodeId);
    canvas()?.focus(nodeId);
  };
  return (
    <SearchBox
      label="Find in this graph"
      placeholder="A name, a kind of block, or a text in one"
      text={text}
      onText={setText}
      onClose={onClose}
      at={null}
      foot={<span>{text.trim() === "" ? "Type to search" : counted(found.length, "place")}</span>}
    >
      {text.trim() !== "" && found.length === 0 && (
        <Command.Empty className="px-4 py-6 text-center dim">
          No block of this graph has “{text}”.
        </Command.Empty>
      )}
      {found.slice(0, MOST).map((place) => (
        <Command.Item
          key={place.nodeId}
          value={place.nodeId}
          className="palette__item"
          onSelect={() => go(place.nodeId)}
        >
          <span className="font-medium">{place.name}</span>
          <span className="truncate faint">{place.where}</span>
        </Command.Item>
      ))}
    </SearchBox>
  );
}
