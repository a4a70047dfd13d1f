// The graph itself, without what the server says of it besides: what a draft is saved as.

import type { Graph } from "@/lib/autogpt-server-api/types";

export function plainGraph({
  id,
  version,
  name,
  description,
  nodes,
  links,
  limits,
  sub_graphs,
}: Graph): Graph {
  return { id, version, name, description, nodes, links, limits, sub_graphs };
}
