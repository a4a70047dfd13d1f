import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { CredentialFacts } from "@/features/integrations/credential-facts";
import type { ConnectionField } from "@/lib/api/integrations";
import { credential } from "@/test/credential";

function field(key: string, label: string, type: ConnectionField["type"] = "text"): ConnectionField {
  return { key, label, type, placeholder: "", is_required: false, help: "" };
}

const FIELDS = [
  field("password", "Password", "password"),
  field("imap_host", "IMAP server"),
  field("smtp_host", "SMTP server"),
  field("is_shared", "Shared", "checkbox"),
];

function facts(details: Record<string, string>): [string, string][] {
  render(<CredentialFacts credential={credential({ kind: "user_password", details })} fields={FIELDS} />);
  const values = screen.getAllByRole("definition");
  return screen.getAllByRole("term").map((term, at) => [term.textContent, values[at]?.textContent ?? ""]);
}

test("parts of a connection stand in the order of the form, by its labels", () => {
  expect(facts({ smtp_host: "smtp.example.com", imap_host: "imap.example.com" }).slice(0, 2)).toEqual([
    ["IMAP server", "imap.example.com"],
    ["SMTP server", "smtp.example.com"],
  ]);
});

test("a checkbox is yes or no, and what was left empty is not shown", () => {
  expect(facts({ is_shared: "false", imap_host: "" })[0]).toEqual(["Shared", "No"]);
  expect(screen.queryByText("IMAP server")).toBeNull();
});

test("a part that the form no longer has keeps its key as its name", () => {
  expect(facts({ pop_host: "pop.example.com" })[0]).toEqual(["pop_host", "pop.example.com"]);
});

test("a connection without such parts shows none", () => {
  expect(facts({}).map(([name]) => name)).toEqual(["Tested", "Used", "Connected"]);
});
