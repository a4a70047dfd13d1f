import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { ReviewForm } from "@/components/review/review-form";
import { SignedIn } from "@/components/session";
import type { Scope } from "@/lib/api/session";
import type { Review } from "@/lib/autogpt-server-api/types";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const REVIEW: Review = {
  id: "v1",
  run_id: "r1",
  node_id: "ask",
  firing: 0,
  name: "Send this?",
  data: { text: "Hello", times: 3 },
  is_editable: true,
  status: "open",
  decision: null,
  message: "",
  created_at: "2026-11-22T10:00:00Z",
  decided_at: null,
};

function show(review: Review, { scopes = ["reviews:write"] as Scope[], onDecided = vi.fn() } = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <SignedIn me={{ id: "u1", email: "ada@example.com", name: "Ada", role: "editor", scopes }}>
        <ReviewForm review={review} onDecided={onDecided} />
      </SignedIn>
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), onDecided };
}

/** Takes answers like the server, and keeps what they said. */
function takeAnswers(): unknown[] {
  const taken: unknown[] = [];
  server.use(
    http.post("*/api/reviews/v1", async ({ request }) => {
      taken.push(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return taken;
}

describe("a review", () => {
  it("is approved with what the person made of the data", async () => {
    const taken = takeAnswers();
    const { user, onDecided } = show(REVIEW);
    await user.clear(screen.getByLabelText("text"));
    await user.type(screen.getByLabelText("text"), "Hi");
    await user.type(screen.getByLabelText("Message"), "shorter");
    await user.click(screen.getByRole("button", { name: "Approve with changes" }));
    await vi.waitFor(() => expect(onDecided).toHaveBeenCalledWith(true));
    expect(taken).toEqual([{ approved: true, message: "shorter", data: { text: "Hi", times: 3 } }]);
  });

  it("is rejected as it was asked", async () => {
    const taken = takeAnswers();
    const { user, onDecided } = show(REVIEW);
    await user.click(screen.getByRole("button", { name: "Reject" }));
    await vi.waitFor(() => expect(onDecided).toHaveBeenCalledWith(false));
    expect(taken).toEqual([{ approved: false, message: "" }]);
  });

  it("is not sent while a field is wrong", async () => {
    const taken = takeAnswers();
    const { user } = show(REVIEW);
    await user.type(screen.getByLabelText("times"), "x");
    await user.click(screen.getByRole("button", { name: "Approve with changes" }));
    expect(screen.getByRole("alert").textContent).toContain("“3x” is no number");
    expect(taken).toEqual([]);
  });

  it("tells what somebody else has decided meanwhile", async () => {
    const decided = { ...REVIEW, status: "rejected", message: "not now", decided_at: "2026-11-22T10:05:00Z" };
    server.use(
      http.post("*/api/reviews/v1", () =>
        HttpResponse.json(
          { type: "t", title: "Conflict", status: 409, code: "conflict", detail: "It is decided." },
          { status: 409 },
        ),
      ),
      http.get("*/api/reviews/v1", () => HttpResponse.json(decided)),
    );
    const { user, onDecided } = show(REVIEW);
    await user.click(screen.getByRole("button", { name: "Approve" }));
    expect(await screen.findByText("Somebody has rejected this already.")).toBeDefined();
    expect(screen.getByText("“not now”")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
    expect(onDecided).not.toHaveBeenCalled();
  });

  it("loads long data before it can be answered", async () => {
    server.use(http.get("*/api/reviews/v1", () => HttpResponse.json({ ...REVIEW, data: "all of it" })));
    const { user } = show({
      ...REVIEW,
      data: { $preview: "all", size_bytes: 9_000, href: "/api/reviews/v1" },
    });
    expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Load all to answer" }));
    expect(await screen.findByDisplayValue("all of it")).toBeDefined();
    expect(screen.getByRole("button", { name: "Approve" })).toBeDefined();
  });

  it("shows data that is not to be edited, and no buttons to who may not answer", () => {
    show({ ...REVIEW, is_editable: false }, { scopes: [] });
    expect(screen.getByLabelText("Data").textContent).toContain('"times": 3');
    expect(screen.queryByRole("button")).toBeNull();
  });
});
