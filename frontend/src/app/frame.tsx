// The frame around every page: the rail, and a word when the server is away.

import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";

import { OfflineBar } from "@/app/offline-bar";
import { Rail } from "@/app/rail";
import { SignedIn } from "@/components/session";
import { ErrorBoundary } from "@/components/ui/error-boundary";
import { meQuery } from "@/lib/api/session";

/** Builder and run need the width: their rail has icons only. */
const NARROW = /^\/(graphs|runs)\/./;

export function Frame() {
  const { pathname, href } = useLocation();
  const me = useQuery(meQuery).data;
  if (me === null) return <Navigate to="/login" search={{ next: href }} />;
  if (me === undefined) return null; // the route has loaded it before
  const isNarrow = NARROW.test(pathname);
  return (
    <SignedIn me={me}>
      <div className={`app ${isNarrow ? "app--narrow" : ""}`}>
        <a href="#content" className="skip">
          Skip to the page
        </a>
        <Rail isNarrow={isNarrow} />
        <div id="content" tabIndex={-1} className="content">
          <OfflineBar />
          <ErrorBoundary key={pathname}>
            <Outlet />
          </ErrorBoundary>
        </div>
      </div>
    </SignedIn>
  );
}
