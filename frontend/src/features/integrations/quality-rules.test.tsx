import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { byLevel, nextLevel, type Rule } from "@/components/integrations/quality";
import { QualityMark } from "@/components/integrations/quality-mark";
import { QualityRules } from "@/features/integrations/quality-rules";
import { provider } from "@/test/provider";

function rule(key: string, level: Rule["level"], standing: Rule["standing"], reason = ""): Rule {
  return { rule: key, level, what: `What ${key} asks`, standing, reason };
}

const RULES = [
  rule("files", "bronze", "done"),
  rule("logo", "gold", "exempt", "It is no company"),
  rule("over-http", "gold", "todo"),
  rule("help", "silver", "done", "the form"),
  rule("template", "platinum", "todo"),
];

test("rules stand by level, from the first on, whatever their order", () => {
  expect(byLevel(RULES).map(({ level, open }) => [level, open])).toEqual([
    ["bronze", 0],
    ["silver", 0],
    ["gold", 1],
    ["platinum", 1],
  ]);
});

test("the next level is the first that lacks something, and none where all is kept", () => {
  expect(nextLevel(RULES)?.level).toBe("gold");
  expect(nextLevel(RULES.filter(({ standing }) => standing !== "todo"))).toBeUndefined();
});

test.each([
  ["none", 0, "Quality: No level yet"],
  ["bronze", 1, "Quality: Bronze"],
  ["platinum", 4, "Quality: Platinum"],
] as const)("a level is said in words, and %s fills %i of four steps", (level, kept, words) => {
  const { container } = render(<QualityMark level={level} />);
  expect(container.textContent).toBe(words);
  expect(container.querySelectorAll(".quality__steps i")).toHaveLength(4);
  expect(container.querySelectorAll(".quality__kept")).toHaveLength(kept);
});

test("what the next level lacks is said while the rules are folded, and they unfold by key", async () => {
  render(<QualityRules provider={provider({ quality: "silver", quality_rules: RULES })} />);
  const fold = screen.getByRole("button", { name: "Rules of quality 1 to do for gold" });
  expect(fold.getAttribute("aria-expanded")).toBe("false");
  expect(screen.queryByRole("listitem")).toBeNull();
  await userEvent.tab();
  await userEvent.keyboard("{Enter}");
  expect(fold.getAttribute("aria-expanded")).toBe("true");
  expect(fold.getAttribute("aria-controls")).toBe(
    screen.getByRole("region", { name: "Gold" }).parentElement?.id,
  );
  await userEvent.keyboard("{Enter}");
  expect(screen.queryByRole("listitem")).toBeNull();
});

test("a rule says that it is done, to do, or exempt and why", async () => {
  render(<QualityRules provider={provider({ quality_rules: RULES })} />);
  await userEvent.click(screen.getByRole("button"));
  const lines = (level: string) =>
    within(screen.getByRole("region", { name: level }))
      .getAllByRole("listitem")
      .map((one) => one.textContent);
  expect(lines("Bronze")).toEqual(["What files asks · Done"]);
  expect(lines("Silver")).toEqual(["What help asks · Done: the form"]);
  expect(lines("Gold")).toEqual(["What logo asks · Exempt: It is no company", "What over-http asks · To do"]);
});

test("a provider with all rules kept says so, and one without rules shows none", () => {
  const kept = RULES.filter(({ standing }) => standing !== "todo");
  const { rerender } = render(<QualityRules provider={provider({ quality_rules: kept })} />);
  expect(screen.getByRole("button").textContent).toContain("all kept");
  rerender(<QualityRules provider={provider({ quality_rules: [] })} />);
  expect(screen.queryByRole("button")).toBeNull();
});
