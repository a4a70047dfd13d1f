import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { useState } from "react";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";

import { CronField, type CronValue } from "@/components/cron/cron-field";

const server = setupServer(
  http.post("*/api/schedules/preview", async ({ request }) => {
    const { cron, timezone } = (await request.clone().json()) satisfies CronValue;
    if (cron.startsWith("61"))
      return HttpResponse.json(
        {
          type: "",
          title: "",
          status: 400,
          code: "bad_input",
          detail: "cron: no",
          errors: [{ message: "The minute cannot be '61'.", cure: "It is 0 to 59.", path: "cron" }],
        },
        { status: 400 },
      );
    return HttpResponse.json({
      cron,
      timezone,
      description: `In words: ${cron}`,
      next_times: ["2031-05-01T12:00:00Z"],
    });
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

function Form({ cron }: { cron: string }) {
  const [value, setValue] = useState<CronValue>({ cron, timezone: "UTC" });
  return <CronField value={value} onChange={setValue} />;
}

function show(cron: string) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Form cron={cron} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

const text = () => screen.getByLabelText<HTMLInputElement>("Cron expression");

it("shows what the expression says and when it comes", async () => {
  show("30 9 * * *");
  expect(screen.getByRole("combobox", { name: "Repeats" }).textContent).toBe("Every day");
  expect(screen.getByLabelText<HTMLInputElement>("At").value).toBe("09:30");
  expect(await screen.findByText("In words: 30 9 * * *")).toBeDefined();
  expect(screen.getByText("Thu 1 May 2031, 12:00")).toBeDefined();
});

it("writes the expression for the days that are chosen, and keeps at least one", async () => {
  const user = show("0 8 * * MON");
  await user.click(screen.getByRole("button", { name: "Thursday" }));
  expect(text().value).toBe("0 8 * * MON,THU");
  await user.click(screen.getByRole("button", { name: "Monday" }));
  await user.click(screen.getByRole("button", { name: "Thursday" }));
  expect(text().value).toBe("0 8 * * THU");
});

it("follows the text, and has no form for what only the text can say", async () => {
  const user = show("0 8 * * *");
  await user.clear(text());
  await user.paste("*/20 * * * *");
  expect(screen.getByRole("combobox", { name: "Repeats" }).textContent).toBe("Every few minutes");
  await user.clear(text());
  await user.paste("0 9-17 * * *");
  expect(screen.getByRole("combobox", { name: "Repeats" }).textContent).toBe("As the expression says");
  expect(screen.queryByRole("combobox", { name: "How often" })).toBeNull();
});

it("says beside the field what the server refuses", async () => {
  show("61 * * * *");
  expect((await screen.findByRole("alert")).textContent).toBe("The minute cannot be '61'. It is 0 to 59.");
  expect(text().getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText(/stand here once/)).toBeDefined();
});
