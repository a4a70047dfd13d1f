// A template to begin with: what it looks like, what it does, and the button that makes a graph of it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { GraphThumb } from "@/components/graph-thumb/graph-thumb";
import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { keys } from "@/lib/api/keys";
import { graphOfTemplate, type TemplateRow, templatePictureQuery } from "@/lib/api/library";
import { counted } from "@/lib/format";
import "@/styles/library.css";

export function TemplateCard({ template, folder = "" }: { template: TemplateRow; folder?: string }) {
  const mayUse = useMay("graphs:write");
  const { use, isBusy } = useTemplate(template.name, folder);
  return (
    <article className="card template" aria-label={template.title}>
      <GraphThumb picture={templatePictureQuery(template.name)} />
      <div className="card__body gap-0.5 pb-2.5">
        <h2 className="truncate text-13">{template.title}</h2>
        <p className="dim text-12">{template.description}</p>
      </div>
      <div className="card__foot">
        <span className="faint truncate">
          {counted(template.nodes, "block")} · {template.tags.join(", ")}
        </span>
        {mayUse && (
          <Button
            variant="quiet"
            size="small"
            className="push template__use"
            isBusy={isBusy}
            aria-label={`Use template “${template.title}”`}
            onClick={use}
          >
            Use template
          </Button>
        )}
      </div>
    </article>
  );
}

/** Makes a graph of it and opens that in the builder. */
function useTemplate(name: string, folder: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    mutationFn: () => graphOfTemplate(name, folder),
    onSuccess: async (graphId) => {
      void client.invalidateQueries({ queryKey: keys.graphs });
      void client.invalidateQueries({ queryKey: keys.wizard });
      await navigate({ to: "/graphs/$graphId", params: { graphId } });
    },
  });
  return { use: () => mutate(), isBusy: isPending };
}
