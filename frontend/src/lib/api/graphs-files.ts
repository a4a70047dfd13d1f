// Graphs as files. Both ways the text goes as it is: reading it into values and writing it anew could change a number.

import { unwrap } from "@/lib/api/client";
import { send } from "@/lib/api/graphs-send";
import type { components } from "@/lib/autogpt-server-api/schema";

export type ImportReport = components["schemas"]["ImportReport"];

/** Stores the graphs of a file under new ids; the same `key` makes nothing twice.
 *
 * @throws ApiError the file holds no graph that can be stored; `problem.errors` says where.
 */
export function importGraph(text: string, key: string): Promise<ImportReport> {
  const headers = { "idempotency-key": key };
  return send<ImportReport>("/api/graphs/import", { method: "POST", text, headers });
}

export type GraphDownload = { name: string; content: Blob };

/** The graph as the builder shows it, without secrets, connections and pinned outputs.
 *
 * @throws ApiError the server refused.
 */
export function exportGraph(id: string): Promise<GraphDownload> {
  return unwrap(download(`/api/graphs/${encodeURIComponent(id)}/export?version=draft`));
}

async function download(address: string) {
  const response = await globalThis.fetch(address);
  if (!response.ok) return { error: await response.json().catch(() => null), response };
  const name = fileName(response.headers.get("content-disposition"));
  return { data: { name, content: await response.blob() }, response };
}

/** The name in `attachment; filename="hello.json"`. */
function fileName(disposition: string | null): string {
  return /filename="([^"]+)"/.exec(disposition ?? "")?.[1] ?? "graph.json";
}
