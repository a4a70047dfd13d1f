// All that starts graphs without a person: webhooks, schedules, polls.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useState } from "react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Page } from "@/components/ui/page";
import { Segments } from "@/components/ui/tabs";
import { NewWebhookDialog } from "@/features/triggers/new-webhook-dialog";
import { PollsTab } from "@/features/triggers/polls-tab";
import { ScheduleDialog } from "@/features/triggers/schedule-dialog";
import { SchedulesTab } from "@/features/triggers/schedules-tab";
import { WebhooksTab } from "@/features/triggers/webhooks-tab";
import "@/styles/triggers.css";

const TABS = [
  { value: "webhooks", label: "Webhooks" },
  { value: "schedules", label: "Schedules" },
  { value: "polls", label: "Polls" },
] as const;

type TabName = (typeof TABS)[number]["value"];

const MADE_HERE: Partial<Record<TabName, string>> = { webhooks: "New webhook", schedules: "New schedule" };

export function TriggersPage() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const mayMake = useMay("triggers:write");
  const [isMaking, setIsMaking] = useState(false);
  const tab = TABS.find((one) => one.value === search.tab)?.value ?? "webhooks";
  const sought = search.q ?? "";
  const seek = (q: string) =>
    void navigate({ to: ".", replace: true, search: (old) => ({ ...old, q: q || undefined }) });
  const make = mayMake ? () => setIsMaking(true) : undefined;
  const stop = () => setIsMaking(false);
  const button = MADE_HERE[tab];
  return (
    <Page
      title="Triggers"
      actions={
        make &&
        button && (
          <Button variant="ink" icon={Plus} onClick={make}>
            {button}
          </Button>
        )
      }
    >
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <Segments
          label="Kind of trigger"
          options={TABS}
          value={tab}
          onChange={(chosen) => void navigate({ to: ".", search: { tab: chosen } })}
        />
        <label className="input input--search w-64 sm:ml-auto">
          <Icon of={Search} size={14} />
          <input
            type="search"
            className="min-w-0 flex-1 border-0 bg-transparent p-0 text-text outline-none placeholder:text-text-3 placeholder:opacity-100"
            placeholder="Search"
            aria-label={`Search ${tab}`}
            value={sought}
            onChange={(event) => seek(event.target.value)}
          />
        </label>
      </div>
      {tab === "webhooks" && <WebhooksTab sought={sought} onMake={make} />}
      {tab === "schedules" && <SchedulesTab sought={sought} onMake={make} />}
      {tab === "polls" && <PollsTab sought={sought} />}
      {isMaking && tab === "webhooks" && <NewWebhookDialog onClose={stop} />}
      {isMaking && tab === "schedules" && <ScheduleDialog onClose={stop} />}
    </Page>
  );
}
