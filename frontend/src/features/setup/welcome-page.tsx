// The first steps: who owns it, a model, integrations, a first graph. Each can be passed over, left and come back to.

import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { ArrowRight, ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";

import { useMe } from "@/components/session";
import { classes } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { useTitle } from "@/components/ui/page";
import { Failed, Loading } from "@/components/ui/status";
import { GraphStep, IntegrationsStep, ModelStep, OwnerStep } from "@/features/setup/step-bodies";
import { chosenStep, isUsable, progress, STEPS, type StepKey, splitModels } from "@/features/setup/steps";
import { FACES, Way } from "@/features/setup/way";
import { blocksQuery, providersQuery } from "@/lib/api/catalogue";
import { type Connection, connectionsQuery } from "@/lib/api/credentials";
import { wizardQuery } from "@/lib/api/session";
import { counted } from "@/lib/format";
import "@/styles/setup.css";

export function WelcomePage() {
  useTitle("First steps");
  const wizard = useQuery(wizardQuery);
  const connections = useQuery(connectionsQuery);
  const providers = useQuery(providersQuery);
  const blocks = useQuery(blocksQuery);
  const asked = useSearch({ strict: false }).step;
  const me = useMe();
  const all = [wizard, connections, providers, blocks];
  const failed = all.find((one) => one.data === undefined && one.error);
  if (failed)
    return <Placeholder>{<Failed error={failed.error} onRetry={() => void failed.refetch()} />}</Placeholder>;
  if (!wizard.data || !connections.data || !providers.data || !blocks.data) {
    return <Placeholder>{<Loading rows={8} />}</Placeholder>;
  }

  const { models, others } = splitModels(connections.data, providers.data, blocks.data);
  const done = progress(wizard.data, models, others);
  const open = chosenStep(asked, done);
  const bodies: Record<StepKey, ReactNode> = {
    owner: <OwnerStep />,
    model: <ModelStep models={models} />,
    integrations: <IntegrationsStep connections={others} />,
    graph: <GraphStep wizard={wizard.data} />,
  };
  return (
    <main className="first">
      <div className="first__split">
        <Way
          open={open}
          done={done}
          subs={{
            owner: me.name || me.email,
            model: models.find(isUsable)?.label ?? "A key, or none",
            integrations: connected(others),
            graph: done.graph ? "Made" : "From a template",
          }}
        />
        <div className="first__main">
          <div className="first__body" key={open}>
            <div className={open === "graph" ? "mx-auto w-full max-w-[960px]" : "first__column"}>
              <p className="faint mb-1.5 font-medium">
                Step {STEPS.indexOf(open) + 1} of {STEPS.length}
              </p>
              {bodies[open]}
            </div>
          </div>
          <Foot
            open={open}
            isReady={done[open] || open === "owner" || (open === "model" && models.length === 0)}
          />
        </div>
      </div>
    </main>
  );
}

function Placeholder({ children }: { children: ReactNode }) {
  return <main className="first__body">{children}</main>;
}

function connected(connections: readonly Connection[]): string {
  const count = connections.filter(isUsable).length;
  return count > 0 ? `${counted(count, "service")} connected` : "What your graphs reach";
}

const ONWARD: Record<StepKey, string> = {
  owner: "Choose a model",
  model: "Connect services",
  integrations: "Choose a first graph",
  graph: "",
};

/** `isReady`: there is nothing left here that one could pass over. */
function Foot({ open, isReady }: { open: StepKey; isReady: boolean }) {
  const place = STEPS.indexOf(open);
  const before = STEPS[place - 1];
  const after = STEPS[place + 1];
  return (
    <footer className="first__foot">
      <div className={open === "graph" ? "row mx-auto w-full max-w-[960px]" : "first__column row"}>
        {before && (
          <Link to="/welcome" search={{ step: before }} className={classes({ variant: "quiet" })}>
            <Icon of={ChevronLeft} size={14} />
            {FACES[before].title}
          </Link>
        )}
        <span className="push row">
          <Link to="/" className={classes({ variant: "quiet" })}>
            {after ? "Leave for now" : "Go to the library"}
          </Link>
          {after && (
            <Link
              to="/welcome"
              search={{ step: after }}
              className={classes({ variant: isReady ? "ink" : "plain" })}
            >
              {isReady ? ONWARD[open] : "Skip for now"}
              <Icon of={ArrowRight} size={14} />
            </Link>
          )}
        </span>
      </div>
    </footer>
  );
}
