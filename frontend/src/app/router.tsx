// Which address shows which page. Ids and filters stand in the address; a page is loaded when it is first opened.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Broken } from "@/app/broken";
import { Frame } from "@/app/frame";
import { NotFound } from "@/app/not-found";
import { queryClient } from "@/app/query-client";
import { meQuery, setupQuery } from "@/lib/api/session";

/** What stands behind the `?`: texts, none of them needed. */
type Search = { [name: string]: string | undefined };

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, validateSearch: texts });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: lazyRouteComponent(() => import("@/features/setup/login-page"), "LoginPage"),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("@/features/setup/setup-page"), "SetupPage"),
});

/** Everything for people who are logged in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ location }) => {
    const me = await queryClient.ensureQueryData(meQuery);
    if (me !== null) return;
    const { is_open } = await queryClient.fetchQuery(setupQuery);
    if (is_open) throw redirect({ to: "/setup", hash: location.hash });
    throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href } });
  },
  component: Frame,
  errorComponent: Broken,
});

const library = createRoute({
  getParentRoute: () => inside,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/library/library-page"), "LibraryPage"),
});

const welcome = createRoute({
  getParentRoute: () => inside,
  path: "/welcome",
  component: lazyRouteComponent(() => import("@/features/setup/welcome-page"), "WelcomePage"),
});

const builder = createRoute({
  getParentRoute: () => inside,
  path: "/graphs/$graphId",
  component: lazyRouteComponent(() => import("@/features/builder/builder-page"), "BuilderPage"),
});

const runs = createRoute({
  getParentRoute: () => inside,
  path: "/runs",
  component: lazyRouteComponent(() => import("@/features/runs/runs-page"), "RunsPage"),
});

const run = createRoute({
  getParentRoute: () => inside,
  path: "/runs/$runId",
  component: lazyRouteComponent(() => import("@/features/run/run-page"), "RunPage"),
});

const triggers = createRoute({
  getParentRoute: () => inside,
  path: "/triggers",
  component: lazyRouteComponent(() => import("@/features/triggers/triggers-page"), "TriggersPage"),
});

const webhook = createRoute({
  getParentRoute: () => inside,
  path: "/triggers/$provider/$webhookId",
  component: lazyRouteComponent(() => import("@/features/triggers/webhook-page"), "WebhookPage"),
});

const integrations = createRoute({
  getParentRoute: () => inside,
  path: "/integrations",
  component: lazyRouteComponent(
    () => import("@/features/integrations/integrations-page"),
    "IntegrationsPage",
  ),
});

const costs = createRoute({
  getParentRoute: () => inside,
  path: "/costs",
  component: lazyRouteComponent(() => import("@/features/costs/costs-page"), "CostsPage"),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/settings-page"), "SettingsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    setup,
    inside.addChildren([
      library,
      welcome,
      builder,
      runs,
      run,
      triggers,
      webhook,
      integrations,
      costs,
      settings,
    ]),
  ]),
  defaultPreload: "intent",
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    );
    return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function texts(search: Record<string, unknown>): Search {
  return Object.fromEntries(
    Object.entries(search).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}
