// Costs: what was spent and on what; budgets: what may be.

import { useMay } from "@/components/session";
import { Page } from "@/components/ui/page";
import { Tabs } from "@/components/ui/tabs";
import { BudgetsTab } from "@/features/costs/budgets-tab";
import { CostsTab } from "@/features/costs/costs-tab";
import { useChoices } from "@/features/costs/use-choices";
import "@/styles/costs.css";

export function CostsPage() {
  const isOwner = useMay("admin");
  const choices = useChoices(isOwner);
  return (
    <Page title="Costs">
      <Tabs
        label="Costs and budgets"
        value={choices.tab}
        onChange={(tab) => choices.set({ tab: tab === "costs" ? undefined : tab })}
        tabs={[
          { value: "costs", label: "Spent", content: <CostsTab choices={choices} isOwner={isOwner} /> },
          { value: "budgets", label: "Budgets", content: <BudgetsTab isOwner={isOwner} /> },
        ]}
      />
    </Page>
  );
}
