// Settings: the person's account and keys; for owners everybody else, and who did what.

import { Link, useSearch } from "@tanstack/react-router";
import { KeyRound, type LucideIcon, ScrollText, UserRound, UsersRound } from "lucide-react";

import { useMay } from "@/components/session";
import { Icon } from "@/components/ui/icon";
import { Page } from "@/components/ui/page";
import { AccountSection } from "@/features/settings/account-section";
import { AuditSection } from "@/features/settings/audit-section";
import { KeysSection } from "@/features/settings/keys-section";
import { PeopleSection } from "@/features/settings/people-section";
import "@/styles/settings.css";

type Part = "account" | "keys" | "people" | "audit";

const PARTS: readonly { part: Part; label: string; icon: LucideIcon; isOwners: boolean }[] = [
  { part: "account", label: "Account", icon: UserRound, isOwners: false },
  { part: "keys", label: "API keys", icon: KeyRound, isOwners: false },
  { part: "people", label: "People", icon: UsersRound, isOwners: true },
  { part: "audit", label: "Audit log", icon: ScrollText, isOwners: true },
];

export function SettingsPage() {
  const search: { section?: string | undefined } = useSearch({ strict: false });
  const isOwner = useMay("admin");
  const parts = PARTS.filter((one) => isOwner || !one.isOwners);
  const shown = parts.find((one) => one.part === search.section)?.part ?? "account";
  return (
    <Page title="Settings">
      <div className="settings">
        <nav className="settings__nav" aria-label="Settings">
          {parts.map(({ part, label, icon }) => (
            <Link
              key={part}
              to="/settings"
              search={{ section: part }}
              className="rail__item"
              aria-current={part === shown ? "page" : undefined}
            >
              <Icon of={icon} />
              {label}
            </Link>
          ))}
        </nav>
        <div className="settings__body">
          {shown === "account" && <AccountSection />}
          {shown === "keys" && <KeysSection />}
          {shown === "people" && <PeopleSection />}
          {shown === "audit" && <AuditSection />}
        </div>
      </div>
    </Page>
  );
}
