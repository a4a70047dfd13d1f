// What starts this graph: its triggers with their addresses, its schedules.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarClock, Webhook } from "lucide-react";

import { classes } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy";
import { Ago } from "@/components/ui/figures";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page";
import { Empty, Loads } from "@/components/ui/status";
import { useEditor } from "@/features/builder/state/context";
import { graphTriggersQuery, type Trigger } from "@/lib/api/graph-triggers";

export function GraphTriggers() {
  const graphId = useEditor((state) => state.graphId);
  const query = useQuery({ ...graphTriggersQuery(graphId), refetchInterval: 10_000 });
  return (
    <div className="page__body overflow-auto">
      <Loads query={query}>
        {({ triggers, schedules }) => (
          <div className="grid gap-6">
            <Section title="Triggers">
              {triggers.length === 0 ? (
                <Empty icon={Webhook} title="Nothing starts this graph by itself">
                  Add a trigger block in Build: a webhook of a provider, or one that asks for news. It begins
                  to work when you publish.
                </Empty>
              ) : (
                <div className="grid gap-3">
                  {triggers.map((trigger) => (
                    <TriggerCard key={trigger.node_id} trigger={trigger} />
                  ))}
                </div>
              )}
            </Section>
            <Section
              title="Schedules"
              actions={
                <Link
                  to="/triggers"
                  search={{ tab: "schedules", graph: graphId }}
                  className={classes({ size: "small" })}
                >
                  Add a schedule
                </Link>
              }
            >
              {schedules.length === 0 ? (
                <Empty icon={CalendarClock} title="It runs at no set times">
                  A schedule starts the published version, every five minutes or on the first Monday of the
                  month.
                </Empty>
              ) : (
                <div className="card">
                  {schedules.map((schedule) => (
                    <Link
                      key={schedule.id}
                      to="/triggers"
                      search={{ tab: "schedules", schedule: schedule.id }}
                      className="row border-b border-line p-3 last:border-0"
                    >
                      <b>{schedule.name || schedule.cron}</b>
                      <span className="mono faint">{schedule.cron}</span>
                      <span className="push dim">
                        {!schedule.is_active ? (
                          "Off"
                        ) : schedule.next_at ? (
                          <Ago at={schedule.next_at} />
                        ) : (
                          "Never again"
                        )}
                      </span>
                    </Link>
                  ))}
                </div>
              )}
            </Section>
          </div>
        )}
      </Loads>
    </div>
  );
}

function TriggerCard({ trigger }: { trigger: Trigger }) {
  const stands = trigger.is_live
    ? "Listening"
    : trigger.in_published
      ? "Not listening"
      : "Begins when you publish";
  return (
    <article className="card">
      <div className="card__body">
        <div className="row">
          <h3>{trigger.label}</h3>
          <span className="tag">{stands}</span>
          {trigger.webhook_id && (
            <Link
              to="/triggers/$provider/$webhookId"
              params={{ provider: trigger.provider, webhookId: trigger.webhook_id }}
              className="anchor push"
            >
              Deliveries
            </Link>
          )}
        </div>
        {trigger.problem && <Notice kind="fail">{trigger.problem}</Notice>}
        {trigger.url && <CopyField text={trigger.url} label="address" />}
        {trigger.next_poll_at && (
          <span className="dim">
            Asks again <Ago at={trigger.next_poll_at} />
          </span>
        )}
        {trigger.last_delivery_at && (
          <span className="dim">
            Last event <Ago at={trigger.last_delivery_at} />
          </span>
        )}
      </div>
    </article>
  );
}
