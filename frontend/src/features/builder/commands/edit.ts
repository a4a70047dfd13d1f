// Undo, clipboard, deleting.

import {
  ClipboardPaste,
  Copy,
  CopyPlus,
  Redo2,
  Scissors,
  SquareDashedMousePointer,
  Trash2,
  Undo2,
} from "lucide-react";

import { tell, tellError } from "@/components/ui/toast";
import { copyText, pasteText } from "@/features/builder/commands/clipboard";
import type { Command } from "@/features/builder/commands/command";
import type { Builder } from "@/features/builder/state/builder";
import { redo, undo } from "@/features/builder/state/editor";
import { counted } from "@/lib/format";
import { duplicate } from "@/lib/graph/clipboard";
import { remove } from "@/lib/graph/edit";

export const EDIT_COMMANDS: readonly Command[] = [
  {
    id: "undo",
    label: "Undo",
    icon: Undo2,
    keys: ["Ctrl Z"],
    group: "edit",
    enabled: ({ editor }) => mayEdit(editor) && editor.temporal.getState().pastStates.length > 0,
    perform: ({ editor }) => {
      undo(editor);
    },
  },
  {
    id: "redo",
    label: "Redo",
    icon: Redo2,
    keys: ["Ctrl Shift Z", "Ctrl Y"],
    group: "edit",
    enabled: ({ editor }) => mayEdit(editor) && editor.temporal.getState().futureStates.length > 0,
    perform: ({ editor }) => {
      redo(editor);
    },
  },
  {
    id: "copy",
    label: "Copy",
    icon: Copy,
    keys: ["Ctrl C"],
    group: "edit",
    menu: "block",
    enabled: hasBlocks,
    perform: (builder) => toClipboard(builder),
  },
  {
    id: "cut",
    label: "Cut",
    icon: Scissors,
    keys: ["Ctrl X"],
    group: "edit",
    enabled: (builder) => mayEdit(builder.editor) && hasBlocks(builder),
    perform: async (builder) => {
      await toClipboard(builder);
      removeChosen(builder, "Cut");
    },
  },
  {
    id: "paste",
    label: "Paste",
    icon: ClipboardPaste,
    keys: ["Ctrl V"],
    group: "edit",
    menu: "canvas",
    enabled: ({ editor }) => mayEdit(editor),
    perform: async (builder) => {
      try {
        pasteText(builder, await navigator.clipboard.readText());
      } catch {
        tellError(new Error("the browser does not let this page read the clipboard; press Ctrl V instead"));
      }
    },
  },
  {
    id: "duplicate",
    label: "Duplicate",
    icon: CopyPlus,
    keys: ["Ctrl D"],
    group: "edit",
    menu: "block",
    enabled: (builder) => mayEdit(builder.editor) && hasBlocks(builder),
    perform: ({ editor }) => {
      const { graph, selection } = editor.getState();
      const made = duplicate(graph, selection);
      editor.getState().change(`Duplicate ${counted(made.ids.size, "block")}`, () => made.graph);
      editor.getState().select(made.ids);
    },
  },
  {
    id: "select-all",
    label: "Select all blocks",
    icon: SquareDashedMousePointer,
    keys: ["Ctrl A"],
    group: "edit",
    menu: "canvas",
    enabled: ({ editor }) => editor.getState().graph.nodes.length > 0,
    perform: ({ editor }) => editor.getState().select(editor.getState().graph.nodes.map((node) => node.id)),
  },
  {
    id: "delete",
    label: "Delete",
    icon: Trash2,
    keys: ["Delete", "Backspace"],
    group: "edit",
    menu: "block",
    isDanger: true,
    enabled: ({ editor }) => mayEdit(editor) && editor.getState().selection.size > 0,
    perform: (builder) => removeChosen(builder, "Delete"),
  },
];

function mayEdit(editor: Builder["editor"]): boolean {
  return !editor.getState().isReadOnly;
}

function hasBlocks({ editor }: Builder): boolean {
  const { graph, selection } = editor.getState();
  return selection.size > 0 && graph.nodes.some((node) => selection.has(node.id));
}

async function toClipboard(builder: Builder): Promise<void> {
  const text = copyText(builder);
  if (text === null) return;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    tellError(new Error("the browser does not let this page write to the clipboard; press Ctrl C instead"));
  }
}

function removeChosen({ editor }: Builder, deed: "Cut" | "Delete"): void {
  const { graph, selection, change } = editor.getState();
  const blocks = graph.nodes.filter((node) => selection.has(node.id)).length;
  const what = blocks > 0 ? counted(blocks, "block") : counted(selection.size, "link");
  change(`${deed} ${what}`, (before) => remove(before, selection));
  if (blocks > 1)
    tell(`${deed === "Cut" ? "Cut" : "Deleted"} ${what}`, {
      label: "Undo",
      onClick: () => void undo(editor),
    });
}
