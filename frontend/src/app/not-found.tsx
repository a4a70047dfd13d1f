// An address that leads nowhere.

import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";

import { classes } from "@/components/ui/button";
import { useTitle } from "@/components/ui/page";
import { Empty } from "@/components/ui/status";

export function NotFound() {
  useTitle("Not found");
  return (
    <main className="grid h-screen place-items-center p-8">
      <Empty
        icon={Compass}
        title="There is nothing at this address"
        action={
          <Link to="/" className={classes({ variant: "ink" })}>
            Go to the library
          </Link>
        }
      >
        The link may be old, or what it led to was deleted.
      </Empty>
    </main>
  );
}
