import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type { ReactNode } from "react";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

import { ConnectDialog } from "@/components/integrations/connect-dialog";
import { SignedIn } from "@/components/session";
import { TooltipProvider } from "@/components/ui/tooltip";
import type { Credential } from "@/lib/api/credentials";
import type { Provider } from "@/lib/api/integrations";
import type { Me } from "@/lib/api/session";
import { credential } from "@/test/credential";
import { provider } from "@/test/provider";

const ME: Me = {
  id: "u1",
  email: "ada@example.com",
  name: "Ada",
  role: "owner",
  scopes: ["credentials:read", "credentials:write"],
};

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

type Has = { provider?: Provider; credentials?: Credential[] };

function has({ provider: one = provider({}), credentials = [] }: Has): void {
  server.use(
    http.get("*/api/providers", () => HttpResponse.json({ items: [one], next_cursor: null })),
    http.get("*/api/blocks", () => HttpResponse.json({ items: [], next_cursor: null })),
    http.get("*/api/credentials", () => HttpResponse.json({ items: credentials })),
  );
}

function show(dialog: ReactNode): void {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <SignedIn me={ME}>{dialog}</SignedIn>
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

const nothing = () => {};

test("what the service says stands beside the form, and nothing is done", async () => {
  has({});
  server.use(
    http.put("*/api/connections/github", () =>
      HttpResponse.json(
        { code: "credentials_refused", detail: "GitHub says: Bad credentials.", errors: [] },
        { status: 422 },
      ),
    ),
  );
  const onDone = vi.fn();
  show(<ConnectDialog provider="github" onDone={onDone} onClose={nothing} />);
  await userEvent.type(await screen.findByLabelText("API key"), "wrong");
  await userEvent.click(screen.getByRole("button", { name: "Test and connect" }));
  const said = await screen.findByRole("alert");
  expect(said.textContent).toContain("GitHub says: Bad credentials.");
  expect(onDone).not.toHaveBeenCalled();
});

test("an empty field is named before anybody is asked", async () => {
  has({});
  show(<ConnectDialog provider="github" onDone={nothing} onClose={nothing} />);
  const field = await screen.findByLabelText("API key");
  await userEvent.click(screen.getByRole("button", { name: "Test and connect" }));
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect((await screen.findByRole("alert")).textContent).toBe("API key is required.");
});

test("the first key is stored by the provider's card and chosen at once", async () => {
  has({});
  const sent: unknown[] = [];
  server.use(
    http.put("*/api/connections/github", async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ credential_id: "new" });
    }),
  );
  const onDone = vi.fn();
  show(<ConnectDialog provider="github" onDone={onDone} onClose={nothing} />);
  await userEvent.type(await screen.findByLabelText("API key"), "key-1");
  await userEvent.type(screen.getByLabelText(/^Name/), "Work");
  await userEvent.click(screen.getByRole("button", { name: "Test and connect" }));
  await waitFor(() => expect(onDone).toHaveBeenCalledWith("new"));
  expect(sent).toEqual([{ fields: { api_key: "key-1" }, title: "Work" }]);
});

test("a second key is tested and stored beside the first, not in its place", async () => {
  has({ credentials: [credential({})] });
  const asked: string[] = [];
  server.use(
    http.post("*/api/connections/github/test", () => {
      asked.push("test");
      return HttpResponse.json({ is_ok: true, is_tested: true, reason: "", code: "", account: null });
    }),
    http.post("*/api/credentials", () => {
      asked.push("store");
      return HttpResponse.json({ ...credential({ id: "second" }), used_by: { graphs: [], webhooks: [] } });
    }),
  );
  const onDone = vi.fn();
  show(<ConnectDialog provider="github" onDone={onDone} onClose={nothing} />);
  await userEvent.type(await screen.findByLabelText("API key"), "key-2");
  await userEvent.click(screen.getByRole("button", { name: "Test and connect" }));
  await waitFor(() => expect(onDone).toHaveBeenCalledWith("second"));
  expect(asked).toEqual(["test", "store"]);
});

test("a login that is not set up names the settings", async () => {
  has({
    provider: provider({
      kinds: ["oauth2"],
      fields: [],
      login: { is_set_up: false, variables: ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"] },
    }),
  });
  show(<ConnectDialog provider="github" onDone={nothing} onClose={nothing} />);
  expect(await screen.findByText("GITHUB_CLIENT_SECRET")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Log in/ })).toBeNull();
});

test("a blocked window leaves a link to press, and the login goes on by itself", async () => {
  const setUp = { is_set_up: true, variables: [] };
  has({ provider: provider({ kinds: ["oauth2"], fields: [], login: setUp }) });
  server.use(
    http.post("*/api/oauth/github/login", () =>
      HttpResponse.json({ url: "https://github.test/login?state=1" }),
    ),
  );
  vi.spyOn(window, "open").mockReturnValue(null);
  const onDone = vi.fn();
  show(<ConnectDialog provider="github" onDone={onDone} onClose={nothing} />);
  await userEvent.click(await screen.findByRole("button", { name: "Log in at GitHub" }));
  const link = await screen.findByRole("link", { name: "Open GitHub" });
  expect(link.getAttribute("href")).toBe("https://github.test/login?state=1");
  has({ credentials: [credential({ id: "login", kind: "oauth2" })] });
  await waitFor(() => expect(onDone).toHaveBeenCalledWith("login"), { timeout: 4_000 });
});
