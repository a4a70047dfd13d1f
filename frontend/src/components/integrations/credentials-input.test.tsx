import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { CredentialsInput } from "@/components/integrations/credentials-input";
import { CredentialsProvider } from "@/components/integrations/credentials-provider";
import { SignedIn } from "@/components/session";
import { TooltipProvider } from "@/components/ui/tooltip";
import type { Credential } from "@/lib/api/credentials";
import type { Me } from "@/lib/api/session";
import type { CredentialsReference } from "@/lib/autogpt-server-api/types";
import { credential } from "@/test/credential";

type Shown = {
  credentials: Credential[];
  value?: string | null;
  preferredId?: string;
  scopes?: string[];
  role?: Me["scopes"];
  onChange?: (chosen: CredentialsReference | null) => void;
};

const nothing = () => {};

function show({ credentials, value = null, role, onChange = nothing, ...rest }: Shown): void {
  const me: Me = {
    id: "u1",
    email: "ada@example.com",
    name: "Ada",
    role: "owner",
    scopes: role ?? ["credentials:read", "credentials:write"],
  };
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TooltipProvider>
        <SignedIn me={me}>
          <CredentialsProvider credentials={credentials}>
            <CredentialsInput provider="github" value={value} onChange={onChange} {...rest} />
          </CredentialsProvider>
        </SignedIn>
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

test("nothing chosen is missing, with one button that connects", () => {
  show({ credentials: [credential({ provider: "slack" })] });
  expect(screen.getByText("Missing")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Connect GitHub" })).toBeTruthy();
  expect(screen.getByText("No connection to GitHub yet")).toBeTruthy();
});

test("one that works is connected and can be tested", () => {
  show({ credentials: [credential({ id: "a", title: "Work" })], value: "a" });
  expect(screen.getByText("Connected")).toBeTruthy();
  expect(screen.getByText("Work")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Test connection" })).toBeTruthy();
});

test("one that its provider refuses says why, and is to be reconnected", () => {
  show({
    credentials: [credential({ id: "a", state: "reconnect", problem: "GitHub says: revoked" })],
    value: "a",
  });
  expect(screen.getByText("GitHub says: revoked")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Reconnect" })).toBeTruthy();
});

test("a login that may not do enough names what it lacks", () => {
  show({ credentials: [credential({ id: "a", kind: "oauth2", scopes: [] })], value: "a", scopes: ["repo"] });
  expect(screen.getByText("It may not: repo.")).toBeTruthy();
});

test("one that is gone is said to be gone", () => {
  show({ credentials: [], value: "gone" });
  expect(screen.getByText("The connection of before is gone")).toBeTruthy();
});

test("the one that this graph uses already is chosen, once, and only where nothing is", () => {
  const credentials = [credential({ id: "a" }), credential({ id: "b", title: "Other" })];
  const onChange = vi.fn();
  show({ credentials, preferredId: "b", onChange });
  expect(onChange.mock.calls).toEqual([[{ id: "b", provider: "github", type: "api_key", title: "Other" }]]);
  const onOther = vi.fn();
  show({ credentials, value: "a", preferredId: "b", onChange: onOther });
  expect(onOther).not.toHaveBeenCalled();
});

test("who may not connect is offered nothing", () => {
  show({ credentials: [credential({ id: "a" })], value: "a", role: ["credentials:read"] });
  expect(screen.queryByRole("button", { name: "Test connection" })).toBeNull();
  expect(screen.getByText("Connected")).toBeTruthy();
});
