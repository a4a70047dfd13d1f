// Ctrl K: every command, every block of this graph, and the places of the app, in one search.

import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Blocks, History, type LucideIcon, Plug, ReceiptText, Settings, Webhook } from "lucide-react";
import { useMemo, useState } from "react";

import { BlockIcon } from "@/components/canvas/block-icon";
import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { COMMANDS, perform } from "@/features/builder/commands";
import { addFound } from "@/features/builder/overlays/add-found";
import { SearchBox } from "@/features/builder/overlays/search-box";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { findBlocks, findInGraph } from "@/lib/graph/search";

const PLACES: readonly {
  to: "/" | "/runs" | "/triggers" | "/integrations" | "/costs" | "/settings";
  label: string;
  icon: LucideIcon;
}[] = [
  { to: "/", label: "Library", icon: Blocks },
  { to: "/runs", label: "Runs", icon: History },
  { to: "/triggers", label: "Triggers", icon: Webhook },
  { to: "/integrations", label: "Integrations", icon: Plug },
  { to: "/costs", label: "Costs", icon: ReceiptText },
  { to: "/settings", label: "Settings", icon: Settings },
];
const MOST_BLOCKS = 8;

export function Palette({ onClose }: { onClose: () => void }) {
  const builder = useBuilderParts();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const isReadOnly = builder.editor.getState().isReadOnly;
  const fits = (label: string) => wanted.split(/\s+/).every((word) => label.toLowerCase().includes(word));
  const commands = COMMANDS.filter(
    (command) => command.id !== "palette" && fits(command.label) && command.enabled(builder),
  );
  const here = useMemo(
    () => findInGraph(builder.editor.getState().graph, builder.catalogue, wanted).slice(0, MOST_BLOCKS),
    [builder, wanted],
  );
  const blocks = useMemo(
    () => (wanted === "" || isReadOnly ? [] : findBlocks(builder.catalogue, wanted).slice(0, MOST_BLOCKS)),
    [builder, wanted, isReadOnly],
  );
  const places = PLACES.filter((place) => fits(place.label));
  const act = (work: () => void) => {
    onClose();
    work();
  };
  const isNothing = commands.length + here.length + blocks.length + places.length === 0;
  return (
    <SearchBox
      label="Do anything"
      placeholder="Search blocks, deeds and places"
      text={text}
      onText={setText}
      onClose={onClose}
      at={null}
    >
      {isNothing && (
        <Command.Empty className="px-4 py-6 text-center dim">
          Nothing fits “{text}”. Try another word.
        </Command.Empty>
      )}
      {here.length > 0 && (
        <Command.Group heading="In this graph">
          {here.map((place) => (
            <Command.Item
              key={place.nodeId}
              value={`here ${place.nodeId}`}
              className="palette__item"
              onSelect={() =>
                act(() => {
                  builder.editor.getState().open(place.nodeId);
                  builder.canvas()?.center(place.nodeId);
                })
              }
            >
              <span className="font-medium">{place.name}</span>
              <span className="truncate faint">{place.where}</span>
            </Command.Item>
          ))}
        </Command.Group>
      )}
      {commands.length > 0 && (
        <Command.Group heading="Do">
          {commands.map((command) => (
            <Command.Item
              key={command.id}
              value={`do ${command.id}`}
              className="palette__item"
              onSelect={() => act(() => perform(command, builder))}
            >
              <Icon of={command.icon} />
              {command.label}
              {command.keys[0] && (
                <span className="push">
                  <Kbd keys={command.keys[0]} />
                </span>
              )}
            </Command.Item>
          ))}
        </Command.Group>
      )}
      {blocks.length > 0 && (
        <Command.Group heading="Add a block">
          {blocks.map((found) => (
            <Command.Item
              key={found.block.id}
              value={`add ${found.block.id}`}
              className="palette__item"
              onSelect={() =>
                act(() => {
                  const at = builder.canvas()?.viewportCenter() ?? { x: 0, y: 0 };
                  addFound(builder, { at, screen: null }, found);
                })
              }
            >
              <BlockIcon name={found.block.icon} provider={found.block.provider ?? null} />
              {found.block.title}
            </Command.Item>
          ))}
        </Command.Group>
      )}
      {places.length > 0 && (
        <Command.Group heading="Go to">
          {places.map((place) => (
            <Command.Item
              key={place.to}
              value={`go ${place.to}`}
              className="palette__item"
              onSelect={() => act(() => void navigate({ to: place.to }))}
            >
              <Icon of={place.icon} />
              {place.label}
            </Command.Item>
          ))}
        </Command.Group>
      )}
    </SearchBox>
  );
}
