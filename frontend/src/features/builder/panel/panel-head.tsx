// What the block is and is called; its name is written in place.

import { Ellipsis, StepForward, X } from "lucide-react";
import { useRef, useState } from "react";

import { BlockIcon } from "@/components/canvas/block-icon";
import { providerDisplayName } from "@/components/integrations/credentials-provider";
import { QualityMark } from "@/components/integrations/quality-mark";
import { IconButton } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { Menu } from "@/components/ui/menu";
import { commandById, perform } from "@/features/builder/commands";
import { menuItems } from "@/features/builder/commands/menu-items";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import type { Block, Node } from "@/lib/autogpt-server-api/types";
import { rename } from "@/lib/graph/edit";
import { nodeName } from "@/lib/graph/model";

const LONGEST = 200;

type PanelHeadProps = {
  node: Node;
  block: Block | undefined;
  isRenaming: boolean;
  setIsRenaming: (isRenaming: boolean) => void;
};

export function PanelHead({ node, block, isRenaming, setIsRenaming }: PanelHeadProps) {
  const builder = useBuilderParts();
  const { editor } = builder;
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const name = nodeName(node, block);
  const choose = () => editor.getState().select([node.id]);
  const save = (next: string) => {
    setIsRenaming(false);
    const isUsual = next.trim() === block?.title;
    if (next.trim() !== name)
      editor.getState().change("Rename", (graph) => rename(graph, node.id, isUsual ? "" : next));
  };
  return (
    <div className="panel__head">
      <span className="node__icon panel__icon">
        <BlockIcon name={block?.icon ?? ""} provider={block?.provider ?? null} />
      </span>
      <div className="min-w-0 flex-1">
        {isRenaming ? (
          <NameInput name={name} onSave={save} onCancel={() => setIsRenaming(false)} />
        ) : (
          <h2 className="truncate">
            {isReadOnly ? (
              name
            ) : (
              <button
                type="button"
                className="panel__name truncate"
                title="Rename (F2)"
                onClick={() => setIsRenaming(true)}
              >
                {name}
              </button>
            )}
          </h2>
        )}
        <div className="row">
          <span className="faint truncate text-12" title={block?.description}>
            {subOf(block, name)}
          </span>
          {block?.provider && block.quality && (
            <QualityMark level={block.quality} of={providerDisplayName(block.provider)} />
          )}
        </div>
      </div>
      <span className="push row gap-0">
        {builder.runner.mayRun() && block?.kind !== "note" && (
          <IconButton
            icon={StepForward}
            label="Run this block"
            keys="R"
            size="small"
            onClick={() => {
              choose();
              perform(commandById("run-block"), builder);
            }}
          />
        )}
        <Menu
          items={menuItems(builder, "block").filter(
            (item) => item === "separator" || item.label !== "Open panel",
          )}
        >
          <button
            type="button"
            className="btn btn--quiet btn--icon btn--sm"
            aria-label="More"
            onPointerDown={choose}
          >
            <Ellipsis aria-hidden size={16} strokeWidth={1.75} />
          </button>
        </Menu>
        <IconButton icon={X} label="Close the panel" size="small" onClick={() => editor.getState().close()} />
      </span>
    </div>
  );
}

/** What kind of block it is; where its name says that already, what it does. */
function subOf(block: Block | undefined, name: string): string {
  if (!block) return "A block that this server does not have";
  return name === block.title ? (block.description.split("\n", 1)[0] ?? "") : block.title;
}

type NameInputProps = { name: string; onSave: (name: string) => void; onCancel: () => void };

function NameInput({ name, onSave, onCancel }: NameInputProps) {
  const [text, setText] = useState(name);
  const isLeft = useRef(false);
  const leave = (act: () => void) => {
    if (isLeft.current) return;
    isLeft.current = true; // the blur that follows must not save what Escape gave up
    act();
  };
  return (
    <TextInput
      autoFocus
      aria-label="Name of the block"
      maxLength={LONGEST}
      value={text}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => leave(() => onSave(text))}
      onKeyDown={(event) => {
        if (event.key === "Enter") leave(() => onSave(text));
        if (event.key === "Escape") {
          event.stopPropagation();
          leave(onCancel);
        }
      }}
    />
  );
}
