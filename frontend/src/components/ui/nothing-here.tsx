// A page that leads nowhere: what is so, why that may be, and where to go on.

import { Link } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { classes } from "@/components/ui/button";
import { useTitle } from "@/components/ui/page";
import { Empty } from "@/components/ui/status";

type NothingHereProps = {
  icon: LucideIcon;
  title: string;
  onward: { to: "/" | "/runs"; label: string };
  children: ReactNode;
};

export function NothingHere({ icon, title, onward, children }: NothingHereProps) {
  useTitle(title);
  return (
    <main className="grid h-full place-items-center p-8">
      <Empty
        icon={icon}
        title={title}
        action={
          <Link to={onward.to} className={classes({ variant: "ink" })}>
            {onward.label}
          </Link>
        }
      >
        {children}
      </Empty>
    </main>
  );
}
