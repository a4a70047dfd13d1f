// What is copied and pasted, apart from how the browser lets one do it.

import { tell, tellError } from "@/components/ui/toast";
import type { Builder } from "@/features/builder/state/builder";
import { ApiError } from "@/lib/api/client";
import { counted } from "@/lib/format";
import { fromText, NotPastable, partOf, paste, toText } from "@/lib/graph/clipboard";

/** The chosen blocks as text; null: none are. */
export function copyText({ editor }: Builder): string | null {
  const { graph, selection } = editor.getState();
  const part = partOf(graph, selection);
  if (part.nodes.length === 0) return null;
  tell(`Copied ${counted(part.nodes.length, "block")}`);
  return toText(part);
}

/** Put the blocks of a text into the middle of what one sees. A text that has none says why. */
export function pasteText({ editor, canvas }: Builder, text: string): void {
  if (editor.getState().isReadOnly) return;
  try {
    const part = fromText(text);
    if (part === null) {
      tellError(
        new ApiError(
          0,
          "not_pastable",
          "What is in the clipboard are no blocks. Copy blocks here or a graph's file, then paste again.",
        ),
      );
      return;
    }
    if (part.nodes.length === 0) return;
    const made = paste(editor.getState().graph, part, canvas()?.viewportCenter() ?? { x: 0, y: 0 });
    editor.getState().change(`Paste ${counted(part.nodes.length, "block")}`, () => made.graph);
    editor.getState().select(made.ids);
  } catch (error) {
    if (!(error instanceof NotPastable)) throw error;
    tellError(new ApiError(0, "not_pastable", error.message));
  }
}
