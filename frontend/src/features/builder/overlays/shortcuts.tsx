// The sheet of shortcuts, from the list of commands itself.

import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { COMMANDS } from "@/features/builder/commands";
import type { Command } from "@/features/builder/commands/command";

const GROUPS: readonly { group: Command["group"]; title: string }[] = [
  { group: "run", title: "Run" },
  { group: "edit", title: "Edit" },
  { group: "block", title: "Blocks" },
  { group: "graph", title: "Graph" },
  { group: "view", title: "View" },
];

const CANVAS_KEYS: readonly { label: string; keys: string }[] = [
  { label: "Go to the next block in a direction", keys: "← ↑ → ↓" },
  { label: "Move the block", keys: "Alt ←" },
  { label: "Choose the block; with Shift one more", keys: "Space" },
  { label: "Go through the pins of the block", keys: "P" },
  { label: "Draw a link from the pin; Tab to what fits, Enter links", keys: "L" },
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Shortcuts" about="On a Mac, Ctrl is Cmd." onClose={onClose} isWide>
      <div className="grid gap-6 sm:grid-cols-2">
        {GROUPS.map(({ group, title }) => (
          <section key={group} className="grid content-start gap-1">
            <h3>{title}</h3>
            {COMMANDS.filter((command) => command.group === group && command.keys.length > 0).map(
              (command) => (
                <Row key={command.id} label={command.label} keys={command.keys} />
              ),
            )}
          </section>
        ))}
        <section className="grid content-start gap-1">
          <h3>On the canvas</h3>
          {CANVAS_KEYS.map(({ label, keys }) => (
            <Row key={label} label={label} keys={[keys]} />
          ))}
        </section>
      </div>
    </Dialog>
  );
}

function Row({ label, keys }: { label: string; keys: readonly string[] }) {
  return (
    <div className="row text-12">
      <span className="dim">{label}</span>
      <span className="push row">
        {keys.map((one) => (
          <span key={one}>
            <span className="sr-only">{one}</span>
            <Kbd keys={one} />
          </span>
        ))}
      </span>
    </div>
  );
}
