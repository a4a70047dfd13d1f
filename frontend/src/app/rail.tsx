// The rail at the left: where one can go, and what wants attention there.

import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import {
  Blocks,
  History,
  LogOut,
  type LucideIcon,
  Moon,
  Plug,
  ReceiptText,
  Settings,
  Sun,
  SunMoon,
  UserRound,
  Webhook,
} from "lucide-react";
import type { ReactNode } from "react";

import { useLogout } from "@/app/logout";
import { Brand } from "@/components/brand";
import { useMay, useMe } from "@/components/session";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menu";
import { type Theme, useTheme } from "@/components/ui/theme";
import { Tooltip } from "@/components/ui/tooltip";
import { credentialHealthQuery } from "@/lib/api/credentials";
import { openReviewsQuery } from "@/lib/api/reviews";
import { counted } from "@/lib/format";

type Place = {
  to: "/" | "/runs" | "/triggers" | "/integrations" | "/costs" | "/settings";
  label: string;
  icon: LucideIcon;
};

const PLACES: readonly Place[] = [
  { to: "/", label: "Library", icon: Blocks },
  { to: "/runs", label: "Runs", icon: History },
  { to: "/triggers", label: "Triggers", icon: Webhook },
  { to: "/integrations", label: "Integrations", icon: Plug },
  { to: "/costs", label: "Costs", icon: ReceiptText },
];

const THEMES: readonly { theme: Theme; label: string; icon: LucideIcon }[] = [
  { theme: "system", label: "Theme of the system", icon: SunMoon },
  { theme: "light", label: "Light theme", icon: Sun },
  { theme: "dark", label: "Dark theme", icon: Moon },
];

export function Rail({ isNarrow }: { isNarrow: boolean }) {
  const attention = useAttention();
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/" className="rail__brand" aria-label="Blockyard, library">
        <Brand />
        {!isNarrow && "Blockyard"}
      </Link>
      {PLACES.map((place) => (
        <RailLink key={place.to} place={place} isNarrow={isNarrow} attention={attention[place.to]} />
      ))}
      <div className="mt-auto grid gap-0.5">
        <RailLink place={{ to: "/settings", label: "Settings", icon: Settings }} isNarrow={isNarrow} />
        <PersonMenu isNarrow={isNarrow} />
      </div>
    </nav>
  );
}

/** `className`: the state that it is in, as a hue. */
type Attention = { count: number; says: string; className: string };

/** What waits for the person, by place. */
function useAttention(): Partial<Record<Place["to"], Attention>> {
  const health = useQuery({
    ...credentialHealthQuery,
    refetchInterval: 60_000,
    enabled: useMay("credentials:read"),
  });
  const reviews = useQuery({ ...openReviewsQuery, refetchInterval: 30_000 });
  const broken = health.data?.items.length ?? 0;
  const waiting = reviews.data?.length ?? 0;
  return {
    ...(broken
      ? {
          "/integrations": {
            count: broken,
            says: `${counted(broken, "connection")} to look at`,
            className: "s-failed",
          },
        }
      : {}),
    ...(waiting
      ? {
          "/runs": {
            count: waiting,
            says: `${counted(waiting, "review")} waiting for you`,
            className: "s-waiting",
          },
        }
      : {}),
  };
}

type RailLinkProps = { place: Place; isNarrow: boolean; attention?: Attention | undefined };

function RailLink({ place, isNarrow, attention }: RailLinkProps) {
  const { pathname } = useLocation();
  const isHere =
    place.to === "/" ? pathname === "/" || pathname.startsWith("/graphs") : pathname.startsWith(place.to);
  const says = attention ? `${place.label}, ${attention.says}` : place.label;
  return (
    <Named isNarrow={isNarrow} text={says}>
      <Link to={place.to} className="rail__item" aria-label={says} aria-current={isHere ? "page" : undefined}>
        <Icon of={place.icon} />
        {!isNarrow && place.label}
        {attention &&
          (isNarrow ? (
            <span className={`rail__dot ${attention.className}`} />
          ) : (
            <span className={`badge ${attention.className}`}>{attention.count}</span>
          ))}
      </Link>
    </Named>
  );
}

function PersonMenu({ isNarrow }: { isNarrow: boolean }) {
  const me = useMe();
  const { theme, choose } = useTheme();
  const logout = useLogout();
  return (
    <Menu
      align="start"
      items={[
        ...THEMES.map((one) => ({
          label: one.theme === theme ? `${one.label} (now)` : one.label,
          icon: one.icon,
          onSelect: () => choose(one.theme),
        })),
        "separator",
        { label: "Log out", icon: LogOut, onSelect: logout },
      ]}
    >
      <button
        type="button"
        className="rail__item border-0 bg-transparent text-left"
        aria-label={`${me.name || me.email}: theme, log out`}
      >
        <Icon of={UserRound} />
        {!isNarrow && <span className="truncate">{me.name || me.email}</span>}
      </button>
    </Menu>
  );
}

/** Icons without words get theirs as a tooltip. */
function Named({ isNarrow, text, children }: { isNarrow: boolean; text: string; children: ReactNode }) {
  if (!isNarrow) return children;
  return (
    <Tooltip text={text} side="right">
      <span>{children}</span>
    </Tooltip>
  );
}
