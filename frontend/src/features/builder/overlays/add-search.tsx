// The search for a new block: by name, and by what fits the pin or the link that it is added to.

import { Command } from "cmdk";
import { useMemo, useState } from "react";

import { BlockIcon } from "@/components/canvas/block-icon";
import { providerDisplayName } from "@/components/integrations/credentials-provider";
import { QualityMark } from "@/components/integrations/quality-mark";
import { addFound } from "@/features/builder/overlays/add-found";
import { SearchBox } from "@/features/builder/overlays/search-box";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import type { AddPlace } from "@/features/builder/state/ui";
import { counted } from "@/lib/format";
import { nodeById, type PinPlace } from "@/lib/graph/model";
import { pinsOf } from "@/lib/graph/node-pins";
import { pinLabel } from "@/lib/graph/pins";
import { type Found, findBlocks } from "@/lib/graph/search";

/** More are not shown: one types another letter. */
const MOST = 60;

export function AddSearch({ place, onClose }: { place: AddPlace; onClose: () => void }) {
  const builder = useBuilderParts();
  const { catalogue } = builder;
  const [text, setText] = useState("");
  const from = useMemo(() => originOf(builder, place), [builder, place]);
  const found = useMemo(() => findBlocks(catalogue, text, from), [catalogue, text, from]);
  const choose = (one: Found) => {
    onClose();
    addFound(builder, place, one);
  };
  return (
    <SearchBox
      label="Add a block"
      placeholder={from ? "Search what fits" : "Search blocks"}
      text={text}
      onText={setText}
      onClose={onClose}
      at={place.screen}
      foot={
        <>
          <span>
            {from ? `Only what fits ${pinLabel(from.place.pin)}` : counted(catalogue.size, "block")}
          </span>
          <span className="push">Enter adds, Escape closes</span>
        </>
      }
    >
      {found.length === 0 && (
        <Command.Empty className="px-4 py-6 text-center dim">
          No block fits “{text}”. Try another word{from ? ", or add it without a link" : ""}.
        </Command.Empty>
      )}
      {grouped(found.slice(0, MOST), text).map(([heading, items]) => (
        <Command.Group key={heading} heading={heading}>
          {items.map((one) => (
            <Command.Item
              key={one.block.id}
              value={one.block.id}
              className="palette__item palette__item--tall"
              onSelect={() => choose(one)}
            >
              <span className="tile tile--sm">
                <BlockIcon name={one.block.icon} provider={one.block.provider ?? null} />
              </span>
              <span className="min-w-0">
                <span className="block font-medium">{one.block.title}</span>
                <span className="block truncate text-12 text-text-3">
                  {one.block.description.split("\n", 1)[0]}
                </span>
              </span>
              {one.block.provider && one.block.quality && (
                <QualityMark
                  level={one.block.quality}
                  of={providerDisplayName(one.block.provider)}
                  className="push palette__quality"
                />
              )}
            </Command.Item>
          ))}
        </Command.Group>
      ))}
    </SearchBox>
  );
}

/** Without a text in groups by category, with one as they fit. */
function grouped(found: readonly Found[], text: string): [string, Found[]][] {
  if (text.trim() !== "") return [["Blocks", [...found]]];
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const heading = headingOf(one);
    groups.set(heading, [...(groups.get(heading) ?? []), one]);
  }
  return [...groups].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}

const FIRST = ["Starts a graph", "Inputs", "Outputs"];

function headingOf({ block }: Found): string {
  if (block.kind === "trigger") return "Starts a graph";
  if (block.kind === "input") return "Inputs";
  if (block.kind === "output") return "Outputs";
  const category = (
    block.categories.find((one) => one !== "basic") ??
    block.categories[0] ??
    "other"
  ).replaceAll("_", " ");
  return category.charAt(0).toUpperCase() + category.slice(1);
}

function rank(heading: string): number {
  const place = FIRST.indexOf(heading);
  return place < 0 ? FIRST.length : place;
}

/** The pin that the new block must fit: the one a link was dropped from, or the source of the link it is put on. */
function originOf(builder: ReturnType<typeof useBuilderParts>, place: AddPlace) {
  const { graph } = builder.editor.getState();
  const link = graph.links.find((one) => one.id === place.linkId);
  const from: PinPlace | undefined = link
    ? { nodeId: link.source_id, side: "output", pin: link.source_name }
    : place.from;
  if (!from) return undefined;
  const node = nodeById(graph, from.nodeId);
  if (!node) return undefined;
  const pins = pinsOf(node, builder.catalogue, builder.pins.getState());
  const pin = (from.side === "output" ? pins.outputs : pins.inputs).find((one) => one.name === from.pin);
  return { place: from, pin };
}
