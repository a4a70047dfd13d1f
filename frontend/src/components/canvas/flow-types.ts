// Blocks and links as React Flow takes them.

import type { Edge, Node } from "@xyflow/react";

import type { Size, Typical } from "@/components/canvas/canvas-props";
import type { Route } from "@/lib/graph/route";
import type { LinkView, NodeView } from "@/lib/graph/view";

export type NodeData = { view: NodeView; size: Size; problems: number; typical: Typical | undefined };
export type FlowNode = Node<NodeData, "block" | "note" | "frame">;

export type LinkData = { view: LinkView; route: Route };
export type FlowLink = Edge<LinkData, "link">;
