// The tutorial on the canvas: five steps, each done by the person, seen by what the graph has become.

import { GraduationCap, X } from "lucide-react";
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { useStore } from "zustand";

import { Button, IconButton } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import type { RunnerState } from "@/features/builder/run/runner";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import type { EditorState } from "@/features/builder/state/editor";
import type { Catalogue } from "@/lib/api/catalogue";

type Seen = { editor: EditorState; runner: RunnerState; catalogue: Catalogue };
type Step = { title: string; text: string; isDone: (seen: Seen) => boolean };

const kinds = ({ editor, catalogue }: Seen) =>
  editor.graph.nodes.map((node) => catalogue.get(node.block_id)?.kind);

const STEPS: readonly Step[] = [
  {
    title: "Add an input",
    text: "Press Tab, type “input” and press Enter. It is what the graph asks for when it runs.",
    isDone: (seen) => kinds(seen).includes("input"),
  },
  {
    title: "Add a block that does something",
    text: "Press Tab again and choose “Fill Text Template”, or any other block.",
    isDone: (seen) => kinds(seen).includes("standard"),
  },
  {
    title: "Link them",
    text: "Drag from the pin at the right of the input to a pin at the left of the other. Shape and colour tell what fits.",
    isDone: ({ editor }) => editor.graph.links.length > 0,
  },
  {
    title: "Add an output",
    text: "Drag from the last pin and let go over the empty canvas: the search shows what fits. Choose “Agent Output”.",
    isDone: (seen) => kinds(seen).includes("output") && seen.editor.graph.links.length > 1,
  },
  {
    title: "Run it",
    text: "Press Ctrl Enter. Each block shows how it went; choose one to see what came in and out.",
    isDone: ({ runner }) => runner.runId !== null,
  },
];

/** It stays while one works: not over the page, but in its corner. */
export function Tour({ onClose }: { onClose: () => void }) {
  const { editor, runner, catalogue } = useBuilderParts();
  const seen: Seen = { editor: useStore(editor), runner: useStore(runner.state), catalogue };
  const [reached, setReached] = useState(0);
  const step = STEPS[reached];
  const isDone = step?.isDone(seen) ?? false;
  useEffect(() => {
    if (isDone) setReached((before) => before + 1);
  }, [isDone]);
  return createPortal(
    <aside className="tour" aria-live="polite" aria-label="Tutorial">
      <div className="row">
        <Icon of={GraduationCap} />
        <b>{step ? `${reached + 1} of ${STEPS.length}: ${step.title}` : "That is all there is to it"}</b>
        <IconButton icon={X} label="End the tutorial" size="small" className="push" onClick={onClose} />
      </div>
      <p className="dim">
        {step
          ? step.text
          : "You have composed, run and understood a graph. Publish it when something else should start it."}
      </p>
      {!step && (
        <Button size="small" onClick={onClose}>
          Close
        </Button>
      )}
    </aside>,
    document.body,
  );
}
