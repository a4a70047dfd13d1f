// What the pictures show: a graph that somebody could have built, with runs that it has had.

import { ExampleApi } from "./example-api";
import { graphOf } from "./graphs";
import type { Api } from "./test";

const LINES = [
  { who: "Grace", item: "Compiler, bound in leather", amount: 340 },
  { who: "Alan", item: "Tape, endless", amount: 1_250 },
  { who: "Katherine", item: "Slide rule", amount: 85 },
  { who: "Edsger", item: "Fountain pen", amount: 120 },
  { who: "Barbara", item: "Abstract data, by type", amount: 780 },
  { who: "Donald", item: "Volume 4B", amount: 95 },
];

export const EVENT = {
  id: "evt_1RkT8a",
  type: "invoice.paid",
  livemode: true,
  data: { object: { id: "in_1042", object: "invoice", customer: "cus_9s6XKzkNRiz8i3", lines: LINES } },
};

/** Its id; it begins with the node `paid`. */
export async function makeDemo(api: Api): Promise<string> {
  const { credential_id } = await api.send<{ credential_id: string }>("PUT", "connections/example-provider", {
    fields: { api_key: ExampleApi.KEY },
  });
  const credentials = { id: credential_id, provider: "example-provider", type: "api_key" };
  const graph = await graphOf(
    api,
    "Large orders ask first",
    [
      {
        id: "paid",
        block: "StripeEventTriggerBlock",
        name: "Invoice is paid",
        at: [0, 140],
        values: { events: ["invoice.paid"] },
      },
      { id: "each", block: "StepThroughItemsBlock", name: "Each line", at: [280, 140] },
      {
        id: "large",
        block: "ConditionBlock",
        name: "More than $500?",
        at: [560, 140],
        values: { operator: ">", value2: 500 },
      },
      {
        id: "ask",
        block: "HumanInTheLoopBlock",
        name: "Ask somebody",
        at: [840, 0],
        values: { name: "Send it by courier?" },
      },
      {
        id: "courier",
        block: "AgentOutputBlock",
        name: "By courier",
        at: [1180, 0],
        values: { name: "courier" },
      },
      {
        id: "post",
        block: "FillTextTemplateBlock",
        name: "Address",
        at: [840, 280],
        values: { format: "{{ line.item }} for {{ line.who }}" },
      },
      { id: "posted", block: "AgentOutputBlock", name: "By post", at: [1180, 230], values: { name: "post" } },
      {
        id: "greet",
        block: "ExampleBlock",
        name: "Say thank you",
        at: [1180, 450],
        values: { greetings: ["Thank you"], credentials },
      },
      {
        id: "note",
        block: "NoteBlock",
        at: [0, -60],
        values: {
          text: "Large orders\nWhat is worth more than $500 goes by courier, once somebody has said so. All else goes by post, with thanks.",
        },
      },
    ],
    [
      "paid.object_#_lines-each.items",
      "each.item_#_amount-large.value1",
      "each.item-large.yes_value",
      "each.item-large.no_value",
      "large.yes_output-ask.data",
      "ask.approved_data-courier.value",
      "large.no_output-post.values_#_line",
      "large.no_output_#_who-greet.name",
      "post.output-posted.value",
    ],
  );
  return api.makeGraph({
    ...graph,
    description: "Large orders go by courier once somebody has said so; all else by post, with thanks.",
  });
}

/** A run of it as the event starts it; it waits for the answers of a person. */
export async function runDemo(api: Api, graphId: string): Promise<string> {
  const request = { inputs: { payload: EVENT }, trigger_node: "paid" };
  return (await api.send<{ run_id: string }>("POST", `graphs/${graphId}/runs`, request)).run_id;
}

/** Answers everything that waits. */
export async function approveAll(api: Api): Promise<void> {
  const { items } = await api.send<{ items: { id: string }[] }>("GET", "reviews");
  for (const { id } of items) await api.send("POST", `reviews/${id}`, { approved: true });
}
