// Before the first run: what a block takes or gives, by its schema, with an example.

import { FlaskConical } from "lucide-react";

import { PinShape } from "@/components/canvas/pin-shape";
import { Button } from "@/components/ui/button";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Node, Pin } from "@/lib/autogpt-server-api/types";
import { setPinned } from "@/lib/graph/edit";
import { typeName } from "@/lib/graph/fit";
import { ERROR_PIN, pinKind, pinLabel } from "@/lib/graph/pins";
import { description, example } from "@/lib/graph/schema";

type SchemaPreviewProps = {
  pins: readonly Pin[];
  of: "input" | "output";
  /** The block whose outputs can be made up. */
  mock?: Node;
};

export function SchemaPreview({ pins, of, mock }: SchemaPreviewProps) {
  const { editor } = useWorkbench();
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const shown = pins.filter((pin) => pin.name !== ERROR_PIN);
  const makeUp = (node: Node) => {
    const values = Object.fromEntries(shown.map((pin) => [pin.name, [example(pin.schema)]]));
    editor.getState().change("Write its data", (graph) => setPinned(graph, node.id, values));
  };
  return (
    <>
      <p className="dim">
        {of === "input" ? "Nothing came to it yet." : "It gave nothing yet."} Run it once to see values; this
        is what is to be expected.
      </p>
      {shown.length === 0 && <p className="faint">It has no {of}s.</p>}
      <ul className="grid gap-3">
        {shown.map((pin) => (
          <li key={pin.name} className="grid gap-1">
            <div className="row">
              <PinShape kind={pinKind(pin)} isOpen />
              <h3 className="pinname">{pinLabel(pin.name)}</h3>
              <span className="push faint text-12">{typeName(pin.schema)}</span>
            </div>
            {description(pin.schema) && <p className="faint text-12">{description(pin.schema)}</p>}
            <Example pin={pin} />
          </li>
        ))}
      </ul>
      {mock && !isReadOnly && shown.length > 0 && (
        <div>
          <Button size="small" icon={FlaskConical} onClick={() => makeUp(mock)}>
            Write its data by hand
          </Button>
          <p className="field__help pt-1">The block is not run then; what you write is taken in its place.</p>
        </div>
      )}
    </>
  );
}

/** Only where it tells more than the type does. */
function Example({ pin }: { pin: Pin }) {
  const value = example(pin.schema);
  const isTelling = typeof value === "object" && value !== null && JSON.stringify(value).length > 8;
  return isTelling ? <pre className="code code--example">{JSON.stringify(value, null, 2)}</pre> : null;
}
