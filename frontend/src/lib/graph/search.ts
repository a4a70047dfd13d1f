// Finding blocks: in the catalogue, by what one types and by what fits a pin; and in a graph.

import type { Catalogue } from "@/lib/api/catalogue";
import type { Block, Graph, Pin } from "@/lib/autogpt-server-api/types";
import { fittingPins } from "@/lib/graph/fit";
import { nodeName, type PinPlace } from "@/lib/graph/model";
import { isSecret } from "@/lib/graph/schema";
import { inOneLine } from "@/lib/values";

/** What fits the pin that a link was dropped from: the block, and which of its pins takes the other end. */
export type Found = { block: Block; pin: string | null };

/** Blocks for a text, the best first; with a pin only those that one of its pins fits. */
export function findBlocks(
  catalogue: Catalogue,
  text: string,
  from?: { place: PinPlace; pin: Pin | undefined },
): Found[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: { found: Found; score: number }[] = [];
  for (const block of catalogue.values()) {
    const score = scoreOf(block, words);
    if (score === 0) continue;
    if (!from) {
      found.push({ found: { block, pin: null }, score });
      continue;
    }
    if (isBeyond(block, from.place.side)) continue;
    const [best] = fittingPins(from.place, from.pin, linkable(block, from.place.side));
    if (best) found.push({ found: { block, pin: best.name }, score });
  }
  const length = (one: Found) => (words.length > 0 ? one.block.title.length : 0);
  return found
    .sort(
      (a, b) =>
        b.score - a.score ||
        length(a.found) - length(b.found) || // the shorter name is nearer to what was typed
        a.found.block.title.localeCompare(b.found.block.title),
    )
    .map((one) => one.found);
}

/** What nothing comes before or after: values begin at triggers and inputs, and end at outputs; notes have none. */
function isBeyond({ kind }: Block, side: PinPlace["side"]): boolean {
  if (kind === "note") return true;
  return side === "output" ? kind === "trigger" || kind === "input" : kind === "output";
}

/** The pins that a link from such a side may end at. What an input or output is called is its own, not a value's. */
function linkable(block: Block, side: PinPlace["side"]): readonly Pin[] {
  if (side === "input") return block.outputs;
  const isNamed = block.kind === "input" || block.kind === "output";
  return isNamed ? block.inputs.filter((pin) => pin.name !== "name") : block.inputs;
}

/** How well all the words fit a block; 0: one of them does not. */
function scoreOf(block: Block, words: readonly string[]): number {
  if (words.length === 0) return 1;
  const title = block.title.toLowerCase();
  let score = 0;
  for (const word of words) {
    const one = wordScore(word, title, block);
    if (one === 0) return 0;
    score += one;
  }
  return title === words.join(" ") ? score + 50 : score;
}

function wordScore(word: string, title: string, block: Block): number {
  if (title.startsWith(word)) return 20;
  if (title.split(" ").some((part) => part.startsWith(word))) return 12;
  if (title.includes(word)) return 8;
  if (block.provider?.includes(word) || block.categories.some((category) => category.includes(word)))
    return 5;
  return block.description.toLowerCase().includes(word) ? 2 : 0;
}

/** A place in a graph that has the text: the block, and where in it. */
export type Place = { nodeId: string; name: string; where: string };

/** Blocks whose name, kind, id or constants have the text. */
export function findInGraph(graph: Graph, catalogue: Catalogue, text: string): Place[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  return graph.nodes.flatMap((node) => {
    const block = catalogue.get(node.block_id);
    const name = nodeName(node, block);
    if (name.toLowerCase().includes(wanted)) return [{ nodeId: node.id, name, where: block?.title ?? "" }];
    if (block?.title.toLowerCase().includes(wanted)) return [{ nodeId: node.id, name, where: block.title }];
    const secrets = new Set(block?.inputs.filter((pin) => isSecret(pin.schema)).map((pin) => pin.name));
    const pin = Object.entries(node.input_default ?? {}).find(
      ([key, value]) =>
        !secrets.has(key) &&
        (key.toLowerCase().includes(wanted) || inOneLine(value, 2_000).toLowerCase().includes(wanted)),
    );
    if (pin) return [{ nodeId: node.id, name, where: `${pin[0]}: ${inOneLine(pin[1], 60)}` }];
    return node.id.toLowerCase() === wanted ? [{ nodeId: node.id, name, where: "id" }] : [];
  });
}
