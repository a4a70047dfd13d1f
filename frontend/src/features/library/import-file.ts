// Looking at a dropped file before it goes to the server: what certainly is no graph is refused here, with the reason.

import { size } from "@/lib/format";
import { isRecord } from "@/lib/values";

/** More than a page should hold in memory. The server has a lower limit, which it tells by itself. */
export const MOST_BYTES = 100 * 1_048_576;

export type FileRefusal = { why: string; cure: string };

export type ReadFile = { text: string } | { refusal: FileRefusal };

const OUR_FILES =
  "Choose a JSON file that was exported here, or an agent exported from the AutoGPT platform.";

/** The files of one drop or choice: exactly one is taken. */
export function onlyFile(files: readonly File[]): { file: File } | { refusal: FileRefusal } {
  const [file, ...more] = files;
  if (!file)
    return { refusal: { why: "No file came along.", cure: "Drop a file from a folder of this computer." } };
  if (more.length > 0) {
    const why = `These are ${files.length} files.`;
    return { refusal: { why, cure: "Drop them one by one: each has a report of its own." } };
  }
  return { file };
}

export async function readFile(file: File): Promise<ReadFile> {
  if (file.size === 0) return refused("The file is empty.", "Export the graph again.");
  if (file.size > MOST_BYTES) {
    return refused(`The file has ${size(file.size)}. No graph is that large.`, OUR_FILES);
  }
  let text: string;
  try {
    text = await file.text();
  } catch {
    return refused(
      "The browser cannot read it: it may have been moved, or it is a folder.",
      "Choose the file again.",
    );
  }
  const refusal = refusalOf(text);
  return refusal ? { refusal } : { text };
}

/** Why a text is no graph; null: the server may know it. */
export function refusalOf(text: string): FileRefusal | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const isCut = /^\s*[{[]/.test(text);
    return isCut
      ? {
          why: "It begins like JSON and then breaks off or is damaged.",
          cure: "Export or download it again.",
        }
      : { why: "It is no JSON file.", cure: OUR_FILES };
  }
  if (Array.isArray(value)) {
    return {
      why: "It holds a list, not one graph.",
      cure: "Take the graphs out of the list, a file for each.",
    };
  }
  if (!isRecord(value)) return { why: "It holds a single value, not a graph.", cure: OUR_FILES };
  if (Array.isArray(value.nodes) && isRecord(value.connections)) {
    return { why: "It is a workflow of n8n, which is built of other blocks.", cure: OUR_FILES };
  }
  if (!hasNodes(value) && !hasNodes(value.graph)) {
    return { why: "It is JSON, and holds no graph: there is no list “nodes” in it.", cure: OUR_FILES };
  }
  return null;
}

function hasNodes(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value.nodes);
}

function refused(why: string, cure: string): ReadFile {
  return { refusal: { why, cure } };
}
