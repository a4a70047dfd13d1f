import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { InputField } from "@/components/inputs/input-field";
import { readJson } from "@/components/inputs/json-control";
import { fits, inKind } from "@/components/inputs/variant-values";
import { TooltipProvider } from "@/components/ui/tooltip";
import type { Schema } from "@/lib/graph/schema";

type PageProps = { schema: Schema; value: unknown; isRequired: boolean; stored: (value: unknown) => void };

function Page({ schema, value, isRequired, stored }: PageProps) {
  const [now, setNow] = useState(value);
  const change = (next: unknown) => {
    stored(next);
    setNow(next);
  };
  return (
    <TooltipProvider>
      <InputField
        name="x"
        label="Field"
        schema={schema}
        value={now}
        onChange={change}
        isRequired={isRequired}
      />
    </TooltipProvider>
  );
}

/** A field; `stored` hears what it stores. */
function show(schema: Schema, value?: unknown, isRequired = false) {
  const stored = vi.fn();
  render(<Page schema={schema} value={value} isRequired={isRequired} stored={stored} />);
  return { stored, user: userEvent.setup() };
}

describe("a number", () => {
  it("is stored as one, and stays in the field with its error where it is none", async () => {
    const { stored, user } = show({ type: "integer", minimum: 1, maximum: 10 });
    const field = screen.getByLabelText("Field");
    await user.type(field, "7");
    expect(stored).toHaveBeenLastCalledWith(7);
    await user.type(field, "x");
    expect(field).toHaveProperty("value", "7x");
    expect(screen.getByRole("alert").textContent).toContain('"7x" is no number');
    expect(stored).toHaveBeenLastCalledWith(7);
    await user.clear(field);
    await user.type(field, "99");
    expect(screen.getByRole("alert").textContent).toContain("10 at most");
  });

  it("steps by the arrow keys within its bounds", async () => {
    const { stored, user } = show({ type: "number", default: 9, maximum: 10 });
    await user.click(screen.getByLabelText("Field"));
    await user.keyboard("{ArrowUp}{ArrowUp}");
    expect(stored.mock.calls).toEqual([[10]]);
  });
});

it("stores a cleared text as nothing, save where a default would come in its place", async () => {
  const plain = show({ type: "string" }, "a");
  await plain.user.clear(screen.getByLabelText("Field"));
  expect(plain.stored).toHaveBeenLastCalledWith(undefined);
});

it("keeps a cleared text empty where there is a default, and gives the default back", async () => {
  const { stored, user } = show({ type: "string", default: "UTC" }, "a");
  await user.clear(screen.getByLabelText("Field"));
  expect(stored).toHaveBeenLastCalledWith("");
  await user.click(screen.getByRole("button", { name: "Use the default of Field" }));
  expect(stored).toHaveBeenLastCalledWith(undefined);
});

it("says that it is required as long as it is empty", async () => {
  const { user } = show({ type: "string" }, undefined, true);
  expect(screen.getByText("required")).toBeTruthy();
  await user.type(screen.getByLabelText("Field"), "a");
  expect(screen.queryByText("required")).toBeNull();
});

it("shows a secret on demand only", async () => {
  const { user } = show({ type: "string", secret: true }, "s3cret");
  expect(screen.getByLabelText("Field").getAttribute("type")).toBe("password");
  await user.click(screen.getByRole("button", { name: "Show Field" }));
  expect(screen.getByLabelText("Field").getAttribute("type")).toBe("text");
});

describe("a list", () => {
  const list = { type: "array", items: { type: "string" }, maxItems: 3 };
  const row = (at: number) => screen.getByRole("textbox", { name: `Field, item ${at}` });

  it("has rows that are added, moved by key and removed", async () => {
    const { stored, user } = show(list, ["a", "b"]);
    await user.click(screen.getByRole("button", { name: "Add item" }));
    await user.type(row(3), "c");
    expect(stored).toHaveBeenLastCalledWith(["a", "b", "c"]);
    expect(screen.getByRole("button", { name: "Add item" })).toHaveProperty("disabled", true);
    await user.click(row(3));
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(stored).toHaveBeenLastCalledWith(["a", "c", "b"]);
    await user.click(screen.getByRole("button", { name: "Remove item 1" }));
    expect(stored).toHaveBeenLastCalledWith(["c", "b"]);
  });
});

describe("a dictionary", () => {
  it("stores rows that have a name, the first of each", async () => {
    const { stored, user } = show({ type: "object", additionalProperties: { type: "string" } }, { a: "1" });
    await user.click(screen.getByRole("button", { name: "Add entry" }));
    await user.type(screen.getByLabelText("Field, value of row 2"), "2");
    expect(stored).not.toHaveBeenCalled();
    await user.type(screen.getByLabelText("Field, name 2"), "b");
    expect(stored).toHaveBeenLastCalledWith({ a: "1", b: "2" });
    await user.clear(screen.getByLabelText("Field, name 2"));
    await user.type(screen.getByLabelText("Field, name 2"), "a");
    expect(stored).toHaveBeenLastCalledWith({ a: "1" });
    expect(screen.getByLabelText("Field, name 2").getAttribute("aria-invalid")).toBe("true");
  });
});

it("ticks yes-or-no properties one by one, and keeps the others", async () => {
  const properties = { opened: { type: "boolean" }, closed: { type: "boolean" } };
  const { stored, user } = show({ type: "object", properties }, { closed: true });
  await user.click(within(screen.getByRole("group", { name: "Field" })).getByLabelText("Opened"));
  expect(stored).toHaveBeenLastCalledWith({ closed: true, opened: true });
});

it("keeps several choices in the order in which they are offered", async () => {
  const { stored, user } = show({ type: "array", items: { enum: ["a", "b", "c"] } }, ["c"]);
  await user.click(screen.getByLabelText("A"));
  expect(stored).toHaveBeenLastCalledWith(["a", "c"]);
});

describe("a table", () => {
  it("has rows and columns of its own", async () => {
    const { stored, user } = show({ type: "array", format: "table", items: { type: "object" } }, [
      { city: "Oslo" },
    ]);
    await user.click(screen.getByRole("button", { name: "Add column" }));
    await user.type(screen.getByLabelText("Field, name of the new column"), "year{Enter}");
    await user.type(screen.getByRole("textbox", { name: "Field, row 1, year" }), "9");
    expect(stored).toHaveBeenLastCalledWith([{ city: "Oslo", year: "9" }]);
    await user.click(screen.getByRole("button", { name: "Remove row 1" }));
    expect(stored).toHaveBeenLastCalledWith(undefined);
  });
});

it("changes the kind of a value and takes along what can be that", async () => {
  const { stored, user } = show({ anyOf: [{ type: "string" }, { type: "number" }] }, "12");
  await user.click(screen.getByRole("button", { name: "Kind of Field: Text" }));
  await user.click(screen.getByRole("menuitem", { name: "Number" }));
  expect(stored).toHaveBeenLastCalledWith(12);
});

it("knows which kind a value is, and what it is as another", () => {
  const json = { word: "JSON", pinKind: "object" as const, schema: { type: "json" } };
  const list = { word: "List", pinKind: "list" as const, schema: { type: "array" } };
  expect([fits(json, { a: 1 }), fits(json, "a"), fits(list, [1])]).toEqual([true, false, true]);
  expect([inKind(json, '{"a": 1}'), inKind(list, '{"a": 1}')]).toEqual([{ a: 1 }, undefined]);
});

it("reads JSON, and says what is wrong with what is none", () => {
  expect(readJson(" ")).toEqual({ value: undefined });
  expect(readJson('{"a": [1]}')).toEqual({ value: { a: [1] } });
  expect(readJson("{a: 1}")).toMatchObject({ error: expect.stringContaining("no JSON yet") });
  expect(readJson("{}", () => "Write a list")).toEqual({ error: "Write a list" });
});
