// Graphs to begin with. Each opens as a copy of one's own.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { SearchX } from "lucide-react";

import { TemplateCard } from "@/components/templates/template-card";
import { Button } from "@/components/ui/button";
import { Empty, Loads } from "@/components/ui/status";
import { Segments } from "@/components/ui/tabs";
import { ALL, choiceOf, chosenValue, commonTags, fittingTemplates } from "@/features/library/filters";
import { templatesQuery } from "@/lib/api/catalogue";

export function TemplatesTab() {
  const { q = "", tag, folder = "" } = useSearch({ strict: false });
  const navigate = useNavigate();
  const query = useQuery(templatesQuery);
  return (
    <div className="pt-4">
      <Loads query={query} rows={8}>
        {(templates) => {
          const fitting = fittingTemplates(templates, q, tag ?? null);
          return (
            <div className="grid gap-4">
              <div className="row flex-wrap">
                <p className="faint">Opens as a copy of your own, and asks for the connections it needs.</p>
                <div className="push">
                  <Segments
                    label="Kind of template"
                    value={choiceOf(tag)}
                    options={[
                      { value: ALL, label: "All" },
                      ...commonTags(templates).map((one) => ({ value: choiceOf(one), label: one })),
                    ]}
                    onChange={(choice) =>
                      void navigate({ to: ".", search: (old) => ({ ...old, tag: chosenValue(choice) }) })
                    }
                  />
                </div>
              </div>
              {fitting.length === 0 ? (
                <Empty
                  icon={SearchX}
                  title="No template fits"
                  action={
                    <Button onClick={() => void navigate({ to: ".", search: { tab: "templates" } })}>
                      Show all templates
                    </Button>
                  }
                >
                  Search for another word, such as list, webhook or feed.
                </Empty>
              ) : (
                <div className="cards cards--fill">
                  {fitting.map((template) => (
                    <TemplateCard key={template.name} template={template} folder={folder} />
                  ))}
                </div>
              )}
            </div>
          );
        }}
      </Loads>
    </div>
  );
}
