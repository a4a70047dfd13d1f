// A note: a written remark without a frame. A group: a titled frame behind the blocks that it holds together.

import { type NodeProps, NodeResizeControl } from "@xyflow/react";
import { memo } from "react";

import { useCanvas, useLevel } from "@/components/canvas/canvas-context";
import { useCell } from "@/components/canvas/cell";
import { nameId } from "@/components/canvas/flow-nodes";
import type { FlowNode } from "@/components/canvas/flow-types";
import { WrittenText } from "@/components/canvas/written-text";
import type { NodeView } from "@/lib/graph/view";

export const NoteNode = memo(NoteFace, isSameFace);
export const GroupNode = memo(GroupFace, isSameFace);

function isSameFace(before: NodeProps<FlowNode>, after: NodeProps<FlowNode>): boolean {
  return before.data === after.data && before.selected === after.selected;
}

function NoteFace({ id, data, selected }: NodeProps<FlowNode>) {
  const { isEditing, end, keep } = useWriting(id);
  const isFar = useLevel() === "far";
  const [first, ...rest] = data.view.text.split("\n");
  return (
    <div className={`note ${selected ? "is-selected" : ""} ${isFar ? "note--far" : ""}`}>
      {isEditing ? (
        <WrittenText label="Note" text={data.view.text} className="note__area" onKeep={keep} onEnd={end} />
      ) : (
        <div className="note__text">
          {rest.length > 0 ? <b>{first}</b> : first || <span className="faint">Empty note</span>}
          {rest.length > 0 && rest.join("\n")}
        </div>
      )}
      <Name id={id} words={`Note, ${data.view.text || "empty"}`} />
      <Corner isShown={selected} minWidth={120} minHeight={40} />
    </div>
  );
}

function GroupFace({ id, data, selected }: NodeProps<FlowNode>) {
  const { isEditing, end, keep } = useWriting(id);
  const isFar = useLevel() === "far";
  const title = groupTitle(data.view);
  return (
    <div className={`group-frame ${selected ? "is-selected" : ""} ${isFar ? "group-frame--far" : ""}`}>
      {isEditing ? (
        <WrittenText
          label="Name of the group"
          text={title}
          className="group-frame__area"
          isLine
          onKeep={keep}
          onEnd={end}
        />
      ) : (
        <div className="group-frame__title truncate">{title}</div>
      )}
      <Name id={id} words={`Group, ${title}`} />
      <Corner isShown={selected} minWidth={160} minHeight={100} />
    </div>
  );
}

function groupTitle(view: NodeView): string {
  return view.text.split("\n")[0] || view.title;
}

function useWriting(id: string) {
  const { editing, wishes, mode } = useCanvas();
  return {
    isEditing: useCell(editing) === id && mode === "edit",
    end: () => editing.set(null),
    keep: (text: string) => wishes.editText(id, text),
  };
}

function Name({ id, words }: { id: string; words: string }) {
  const { id: canvasId } = useCanvas();
  return (
    <span id={nameId(canvasId, id)} hidden>
      {words}
    </span>
  );
}

/** Dragged to resize; the keyboard does it with Alt, Shift and an arrow. */
function Corner({ isShown, minWidth, minHeight }: { isShown: boolean; minWidth: number; minHeight: number }) {
  const { mode } = useCanvas();
  if (!isShown || mode === "read") return null;
  return (
    <NodeResizeControl position="bottom-right" className="corner" minWidth={minWidth} minHeight={minHeight} />
  );
}
