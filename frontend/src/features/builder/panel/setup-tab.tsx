// What is set in the block: connection, what links bring, its own fields, the rest folded.

import { ChevronDown, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";

import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { ConnectionFields } from "@/features/builder/panel/connection-fields";
import { LinkedInput } from "@/features/builder/panel/linked-input";
import { OwnField } from "@/features/builder/panel/own-field";
import { problemOf } from "@/features/builder/panel/problem-words";
import { setupOf } from "@/features/builder/panel/setup-order";
import { TriggerSetup } from "@/features/builder/panel/trigger-setup";
import { ValuesPanel } from "@/features/builder/panel/values-panel";
import { useEditor } from "@/features/builder/state/context";
import type { Block, Node } from "@/lib/autogpt-server-api/types";
import type { NodePins } from "@/lib/graph/pins";

type SetupTabProps = { node: Node; block: Block | undefined; pins: NodePins };

export function SetupTab({ node, block, pins }: SetupTabProps) {
  const graph = useEditor((state) => state.graph);
  const problems = useEditor((state) => state.problems);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const [isOpen, setIsOpen] = useState(false);
  const [focused, setFocused] = useState<string | null>(null);
  const setup = useMemo(() => setupOf(graph, node, pins), [graph, node, pins]);
  const known = new Set([
    ...pins.inputs.map((pin) => pin.name),
    ...(block?.credentials ?? []).map(({ name }) => name),
  ]);
  const general = problemOf(problems, node.id, (pin) => pin === null || !known.has(pin));
  const hasAdvancedProblem = setup.advanced.some(({ pin }) =>
    problemOf(problems, node.id, (one) => one === pin.name),
  );
  const field = (one: (typeof setup.own)[number]) => (
    <OwnField key={one.pin.name} node={node} field={one} pins={pins} onFocus={setFocused} />
  );
  const isUnfolded = isOpen || hasAdvancedProblem;
  const isEmpty =
    pins.inputs.length === 0 &&
    setup.lost.length === 0 &&
    (block?.credentials.length ?? 0) === 0 &&
    block?.kind !== "trigger";
  return (
    <div className="panel__body panel__body--scrolls">
      <fieldset disabled={isReadOnly} className="contents">
        {block === undefined && (
          <Notice kind="fail">
            This server does not have the block. It stays in the graph as it is; put another in its place or
            install what has it.
          </Notice>
        )}
        {general && <Notice kind="fail">{general}</Notice>}
        {block?.kind === "trigger" && <TriggerSetup node={node} block={block} />}
        <ConnectionFields node={node} block={block} />
        {setup.linked.map(({ pin, links }) => (
          <LinkedInput key={pin.name} pin={pin} links={links} />
        ))}
        {setup.lost.map((link) => (
          <LinkedInput key={link.id} name={link.sink_name} links={[link]} isLost />
        ))}
        {setup.own.map(field)}
        {isEmpty && (
          <p className="faint">Nothing is to be set here: the block takes what it needs by itself.</p>
        )}
        {setup.advanced.length > 0 && (
          <>
            <button
              type="button"
              className="fold fold--button"
              aria-expanded={isUnfolded}
              onClick={() => setIsOpen(!isOpen)}
            >
              <Icon of={isUnfolded ? ChevronDown : ChevronRight} size={14} />
              Advanced
              <span className="faint font-normal">
                {setup.advancedSet} of {setup.advanced.length} set
              </span>
            </button>
            {isUnfolded && setup.advanced.map(field)}
          </>
        )}
      </fieldset>
      {!isReadOnly && focused !== null && (
        <ValuesPanel
          key={focused}
          node={node}
          pins={pins}
          pinName={focused}
          onClose={() => setFocused((now) => (now === focused ? null : now))}
        />
      )}
    </div>
  );
}
