// The blocks of a provider, triggers first.

import { useQuery } from "@tanstack/react-query";
import { Blocks } from "lucide-react";

import { Empty } from "@/components/ui/status";
import { blocksQuery } from "@/lib/api/catalogue";
import type { Provider } from "@/lib/api/integrations";

export function ProviderBlocks({ provider }: { provider: Provider }) {
  const catalogue = useQuery(blocksQuery);
  if (provider.blocks.length === 0) {
    return (
      <div className="pt-4">
        <Empty icon={Blocks} title={`No blocks for ${provider.label} yet`}>
          A plugin may bring some. The block “HTTP request” reaches everything that has an HTTP interface.
        </Empty>
      </div>
    );
  }
  const blocks = [...provider.blocks].sort(
    (one, other) => Number(other.kind === "trigger") - Number(one.kind === "trigger"),
  );
  return (
    <ul className="integrations mt-4 gap-3">
      {blocks.map((block) => (
        <li key={block.id} className="card gap-0.5 px-4 py-3 hover:shadow-block">
          <span className="row">
            <span className="truncate font-semibold">{block.title}</span>
            {block.kind === "trigger" && <span className="tag push">Trigger</span>}
          </span>
          <span className="dim line-clamp-2 text-12">{catalogue.data?.get(block.id)?.description}</span>
        </li>
      ))}
    </ul>
  );
}
