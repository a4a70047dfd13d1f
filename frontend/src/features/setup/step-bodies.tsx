// What each of the first steps asks and offers.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Bot, Plus } from "lucide-react";
import type { ReactNode } from "react";

import { useMay, useMe } from "@/components/session";
import { TemplateCard } from "@/components/templates/template-card";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { State } from "@/components/ui/state";
import { Loads } from "@/components/ui/status";
import { ConnectionRows } from "@/features/setup/connection-rows";
import { templatesQuery } from "@/lib/api/catalogue";
import type { Connection } from "@/lib/api/credentials";
import { createGraph } from "@/lib/api/graphs";
import { keys } from "@/lib/api/keys";
import type { Wizard } from "@/lib/api/setup";

function Head({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mb-6">
      <h1>{title}</h1>
      <p className="dim mt-2 max-w-[58ch] text-14">{children}</p>
    </div>
  );
}

export function OwnerStep() {
  const me = useMe();
  return (
    <>
      <Head title={me.name ? `Welcome, ${me.name}` : "Welcome"}>
        You are logged in. Four steps lead to a graph that runs; you can leave at any of them, and come back
        from the library.
      </Head>
      <div className="card entry__card">
        <div className="card__body">
          <dl className="kv">
            <dt>E-mail</dt>
            <dd>{me.email}</dd>
            <dt>Role</dt>
            <dd>{me.role}</dd>
          </dl>
        </div>
        <div className="card__foot">
          Other people are added in the settings.
          <Link to="/settings" search={{ section: "people" }} className="anchor push">
            Add people
          </Link>
        </div>
      </div>
    </>
  );
}

export function ModelStep({ models }: { models: readonly Connection[] }) {
  return (
    <>
      <Head title="Which model should think?">
        Blocks that write, decide or look into texts call a model, with your own key. Everything else runs
        without one, so this can wait.
      </Head>
      {models.length > 0 ? (
        <ConnectionRows connections={models} />
      ) : (
        <Notice icon={Bot}>
          <b>No block of this installation calls a model,</b> so there is no key to give. As soon as a
          provider of models is added, it stands here and under Integrations.
        </Notice>
      )}
    </>
  );
}

export function IntegrationsStep({ connections }: { connections: readonly Connection[] }) {
  return (
    <>
      <Head title="What should your graphs reach?">
        Connect what you use every day. One is enough to start, none is fine too. Keys are sealed on this
        machine before they are stored.
      </Head>
      <ConnectionRows connections={connections} />
    </>
  );
}

export function GraphStep({ wizard }: { wizard: Wizard }) {
  const templates = useQuery(templatesQuery);
  const mayMake = useMay("graphs:write");
  const { mutate, isPending } = useEmptyGraph();
  return (
    <>
      <Head title="Choose a first graph">
        It opens in the builder, which asks for the connections that it needs, if any. Press Run there, and
        watch the values come.
      </Head>
      <Loads query={templates} rows={6}>
        {(rows) => (
          <div className="first__templates">
            {firstOnes(rows).map((template) => (
              <TemplateCard key={template.name} template={template} />
            ))}
          </div>
        )}
      </Loads>
      <div className="row mt-4">
        {mayMake && (
          <Button icon={Plus} isBusy={isPending} onClick={() => mutate()}>
            Begin with an empty graph
          </Button>
        )}
        <Link to="/" search={{ tab: "templates" }} className="anchor push">
          All templates
        </Link>
      </div>
      <Afterwards wizard={wizard} />
    </>
  );
}

function useEmptyGraph() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => createGraph("First graph", ""),
    onSuccess: async (graphId) => {
      void client.invalidateQueries({ queryKey: keys.graphs });
      void client.invalidateQueries({ queryKey: keys.wizard });
      await navigate({ to: "/graphs/$graphId", params: { graphId } });
    },
  });
}

/** The six with the fewest blocks: a first graph is one that can be taken in at a glance. */
function firstOnes<T extends { nodes: number }>(templates: readonly T[]): readonly T[] {
  return [...templates].sort((a, b) => a.nodes - b.nodes).slice(0, 6);
}

const LATER = ["run", "trigger", "public_address"];

/** What is worth doing once there is a graph. */
function Afterwards({ wizard }: { wizard: Wizard }) {
  const steps = wizard.steps.filter((step) => LATER.includes(step.key));
  return (
    <section className="mt-8">
      <h2 className="mb-3">Afterwards</h2>
      <ul className="card entry__card">
        {steps.map((step) => (
          <li key={step.key} className="first__row">
            <div className="min-w-0 flex-1">
              <span className="font-semibold">{step.title}</span>
              <p className="faint text-12">{step.help}</p>
            </div>
            <State state={step.is_done ? "ok" : "queued"} word={step.is_done ? "Completed" : "Later"} />
          </li>
        ))}
      </ul>
    </section>
  );
}
