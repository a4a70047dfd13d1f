// What is done with chosen blocks.

import { Boxes, EyeOff, PanelRight, Pencil, Pin, PinOff, StickyNote, WandSparkles } from "lucide-react";

import type { Command } from "@/features/builder/commands/command";
import type { Builder } from "@/features/builder/state/builder";
import { counted } from "@/lib/format";
import { addNode, changeNode, move, resize, setDisabled, setPinned } from "@/lib/graph/edit";
import { tidy } from "@/lib/graph/layout";
import { newId, nodeName, position } from "@/lib/graph/model";

const NOTE = "NoteBlock";
const GROUP_MARGIN = 40;

export const BLOCK_COMMANDS: readonly Command[] = [
  {
    id: "open",
    label: "Open panel",
    icon: PanelRight,
    keys: ["Enter"],
    group: "block",
    menu: "block",
    enabled: (builder) => theOne(builder) !== null,
    perform: (builder) => {
      const nodeId = theOne(builder);
      if (nodeId !== null) builder.editor.getState().open(nodeId);
    },
  },
  {
    id: "rename",
    label: "Rename",
    icon: Pencil,
    keys: ["F2"],
    group: "block",
    menu: "block",
    enabled: (builder) => mayEdit(builder) && theOne(builder) !== null,
    perform: (builder) => {
      const nodeId = theOne(builder);
      if (nodeId !== null) builder.ui.getState().show({ kind: "rename", nodeId });
    },
  },
  {
    id: "disable",
    label: "Disable or enable",
    icon: EyeOff,
    keys: ["D"],
    group: "block",
    menu: "block",
    enabled: (builder) => mayEdit(builder) && chosen(builder).length > 0,
    perform: (builder) => {
      const nodes = chosen(builder);
      const isDisabled = nodes.some((node) => !node.disabled);
      const ids = new Set(nodes.map((node) => node.id));
      const deed = isDisabled ? "Disable" : "Enable";
      builder.editor
        .getState()
        .change(`${deed} ${counted(ids.size, "block")}`, (graph) => setDisabled(graph, ids, isDisabled));
    },
  },
  {
    id: "pin",
    label: "Pin output",
    icon: Pin,
    keys: ["Shift P"],
    group: "block",
    menu: "block",
    enabled: (builder) =>
      mayEdit(builder) && theOne(builder) !== null && builder.runner.hasOutput(theOne(builder)),
    perform: (builder) => builder.runner.pinOutput(theOne(builder)),
  },
  {
    id: "unpin",
    label: "Unpin output",
    icon: PinOff,
    keys: [],
    group: "block",
    menu: "block",
    enabled: (builder) => mayEdit(builder) && chosen(builder).some((node) => node.pinned),
    perform: (builder) => {
      const ids = chosen(builder).map((node) => node.id);
      builder.editor
        .getState()
        .change("Unpin output", (graph) => ids.reduce((one, id) => setPinned(one, id, null), graph));
    },
  },
  {
    id: "group",
    label: "Group",
    icon: Boxes,
    keys: ["Ctrl G"],
    group: "block",
    menu: "block",
    enabled: (builder) => mayEdit(builder) && chosen(builder).length > 0 && noteId(builder) !== null,
    perform: group,
  },
  {
    id: "note",
    label: "Add a note",
    icon: StickyNote,
    keys: ["N"],
    group: "block",
    menu: "canvas",
    enabled: (builder) => mayEdit(builder) && noteId(builder) !== null,
    perform: (builder) => {
      const blockId = noteId(builder);
      if (blockId === null) return;
      const id = newId();
      const at = builder.canvas()?.viewportCenter() ?? { x: 0, y: 0 };
      builder.editor
        .getState()
        .change("Add a note", (graph) => addNode(graph, { id, blockId, at, constants: { text: "" } }));
      builder.editor.getState().select([id]);
    },
  },
  {
    id: "tidy",
    label: "Tidy",
    icon: WandSparkles,
    keys: ["Shift T"],
    group: "block",
    menu: "both",
    enabled: (builder) => mayEdit(builder) && builder.editor.getState().graph.nodes.length > 1,
    perform: (builder) => {
      const { graph, change } = builder.editor.getState();
      const nodes = chosen(builder);
      const ids = nodes.length > 1 ? new Set(nodes.map((node) => node.id)) : undefined;
      const isNote = (nodeId: string) =>
        builder.catalogue.get(graph.nodes.find((node) => node.id === nodeId)?.block_id ?? "")?.kind ===
        "note";
      const positions = tidy(graph, builder.canvas()?.sizes() ?? new Map(), isNote, ids);
      change("Tidy", (before) => move(before, positions));
      requestAnimationFrame(() => builder.canvas()?.fit());
    },
  },
];

function mayEdit({ editor }: Builder): boolean {
  return !editor.getState().isReadOnly;
}

function chosen({ editor }: Builder) {
  const { graph, selection } = editor.getState();
  return graph.nodes.filter((node) => selection.has(node.id));
}

/** The one chosen block; null: none, or several. */
export function theOne(builder: Builder): string | null {
  const [first, second] = chosen(builder);
  return first && !second ? first.id : null;
}

function noteId({ catalogue }: Builder): string | null {
  for (const block of catalogue.values()) if (block.name === NOTE) return block.id;
  return null;
}

/** A titled frame behind the chosen blocks: a note with a size. */
function group(builder: Builder): void {
  const blockId = noteId(builder);
  const nodes = chosen(builder);
  if (blockId === null || nodes.length === 0) return;
  const sizes = builder.canvas()?.sizes() ?? new Map();
  const boxes = nodes.map((node) => ({
    ...position(node),
    ...(sizes.get(node.id) ?? { width: 208, height: 140 }),
  }));
  const left = Math.min(...boxes.map((box) => box.x)) - GROUP_MARGIN;
  const top = Math.min(...boxes.map((box) => box.y)) - GROUP_MARGIN - 20;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + GROUP_MARGIN;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + GROUP_MARGIN;
  const [first] = nodes;
  const name = nodes.length === 1 && first ? nodeName(first, builder.catalogue.get(first.block_id)) : "Group";
  const id = newId();
  builder.editor.getState().change(`Group ${counted(nodes.length, "block")}`, (graph) => {
    const added = addNode(graph, { id, blockId, at: { x: left, y: top }, constants: { text: name } });
    const sized = resize(added, id, { width: right - left, height: bottom - top });
    return changeNode(sized, id, (node) => ({ ...node, metadata: { ...node.metadata, group: true } }));
  });
  builder.editor.getState().select([id]);
}
