import { expect, it } from "vitest";

import { serverRefusal } from "@/features/library/import-run";
import { ApiError } from "@/lib/api/client";

function refused(errors: { message: string; cure: string; path: string | null }[]): ApiError {
  const problem = {
    type: "",
    title: "",
    status: 422,
    detail: "The graph has problems.",
    code: "graph_invalid",
  };
  return new ApiError(422, "graph_invalid", problem.detail, { ...problem, errors });
}

it("says where the first problem is, what to do, and how many there are", () => {
  const two = [
    { message: "It is missing.", cure: "Add it.", path: "nodes[0].block_id" },
    { message: "It is too long.", cure: "Cut it.", path: "name" },
  ];
  expect(serverRefusal(refused(two))).toEqual({
    why: "nodes[0].block_id: It is missing.",
    cure: "Add it. It has 1 more problem.",
  });
});

it("keeps the server's sentence where it names no place", () => {
  expect(serverRefusal(refused([]))).toEqual({ why: "The graph has problems.", cure: "" });
});
